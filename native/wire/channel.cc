#include "wire/channel.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <utility>

#include "threads/thread.h"
#include "threads/watchdog.h"

#if defined(__linux__)
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#endif

namespace isolet::wire {

bool Channel::OnThread() const { return thread_.load(std::memory_order_relaxed) == ThreadNumber(); }

bool Channel::Start(std::shared_ptr<Reader> reader) {
  return StartThread(kThreadName, [self = shared_from_this(), reader = std::move(reader)] { self->Main(*reader); });
}

void Channel::Main(Reader& reader) {
  thread_.store(ThreadNumber(), std::memory_order_relaxed);
  // It wakes up for moments, beside threads that spin.
  AskForShortSlices();
  const Reader::Why why = Run(reader);
  End();
  // Whoever still has the channel may have it for long.
  Close();
  reader.OnEnd(why);
}

bool Channel::HandOut(Reader& reader, Reader::Why* why) {
  while (to_ - from_ >= kLengthSize) {
    uint32_t length;
    std::memcpy(&length, buffer_.data() + from_, kLengthSize);
    if (length > longest()) {
      *why = Reader::Why::kTooLong;
      return false;
    }
    const size_t needed = kLengthSize + length;
    if (to_ - from_ < needed) {
      if (from_ + needed <= buffer_.size()) return true;
      // Room for all of it, at the front.
      std::memmove(buffer_.data(), buffer_.data() + from_, to_ - from_);
      to_ -= std::exchange(from_, 0);
      if (needed > buffer_.size()) buffer_.Resize(needed);
      return true;
    }
    const std::span<const uint8_t> frame(buffer_.data() + from_ + kLengthSize, length);
    from_ += needed;
    if (!reader.OnFrame(frame)) {
      *why = Reader::Why::kBadFrame;
      return false;
    }
  }
  if (from_ == to_) from_ = to_ = 0;
  return true;
}

#if defined(__linux__)

namespace {

constexpr size_t kBuffer = 64 * 1024;
// Bytes of several frames in one system call, and frames that wait for the end of a burst.
constexpr size_t kMostTogether = 16 * 1024;
constexpr size_t kMostHeld = 16;
// Milliseconds after which what waits in a burst that takes long goes out.
constexpr int kMoment = 1;

// For poll.
int MillisecondsUntil(int64_t due) {
  if (due == Watched::kNever) return -1;
  constexpr int64_t kMillisecond = 1'000'000;
  const int64_t left = std::max<int64_t>(due - SteadyNow(), 0);
  return static_cast<int>(std::min<int64_t>((left + kMillisecond - 1) / kMillisecond, INT_MAX));
}

}  // namespace

std::shared_ptr<Channel> Channel::Open(int socket) {
  const int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const int flags = fcntl(socket, F_GETFL);
  if (bell < 0 || flags < 0 || fcntl(socket, F_SETFL, flags | O_NONBLOCK) != 0) {
    if (bell >= 0) close(bell);
    close(socket);
    return nullptr;
  }
  return std::make_shared<Channel>(socket, bell);
}

Channel::~Channel() { Close(); }

void Channel::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (int* one : {&socket_, &bell_}) {
    if (*one >= 0) close(std::exchange(*one, -1));
  }
}

void Channel::Ring() {
  const uint64_t one = 1;
  if (bell_ < 0) return;
  // What is in it already wakes as well.
  while (write(bell_, &one, sizeof(one)) < 0 && errno == EINTR) continue;
}

void Channel::Hurry() {
  hurried_.store(true, std::memory_order_release);
  Ring();
}

void Channel::End() {
  if (ended_.exchange(true)) return;
  std::lock_guard<std::mutex> lock(mutex_);
  if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
  Ring();
}

std::span<const uint8_t> Channel::Together(std::span<uint8_t> room) const {
  const std::span<const uint8_t> first(queue_.front().data() + sent_, queue_.front().size() - sent_);
  if (queue_.size() == 1 || first.size() >= room.size()) return first;
  // Copied: a cell's kernel takes nothing in several pieces.
  std::memcpy(room.data(), first.data(), first.size());
  size_t at = first.size();
  for (auto next = queue_.begin() + 1; next != queue_.end() && next->size() <= room.size() - at; ++next) {
    std::memcpy(room.data() + at, next->data(), next->size());
    at += next->size();
  }
  return room.first(at);
}

bool Channel::Push() {
  uint8_t room[kMostTogether];
  while (!queue_.empty()) {
    const std::span<const uint8_t> bytes = Together(room);
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    unsent_.fetch_sub(static_cast<size_t>(sent), std::memory_order_relaxed);
    sent_ += static_cast<size_t>(sent);
    while (!queue_.empty() && sent_ >= queue_.front().size()) {
      sent_ -= queue_.front().size();
      queue_.pop_front();
    }
  }
  return true;
}

bool Channel::PushAll(std::unique_lock<std::mutex>* lock) {
  held_ = 0;
  const bool works = Push();
  const bool full = !queue_.empty();
  full_.store(full, std::memory_order_relaxed);
  if (full) Ring();
  lock->unlock();
  if (!works) End();
  return works;
}

bool Channel::Send(Frame frame, Haste haste) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (ended_.load(std::memory_order_relaxed)) return false;
  unsent_.fetch_add(frame.size(), std::memory_order_relaxed);
  queue_.push_back(std::move(frame));
  if (full_.load(std::memory_order_relaxed)) return true;
  Burst* burst = haste != Haste::kNow && looked_after_ ? Burst::Here() : nullptr;
  if (burst != nullptr && burst->Waits(shared_from_this(), haste == Haste::kTrifle) && ++held_ < kMostHeld) {
    return true;
  }
  return PushAll(&lock);
}

void Channel::WriteNow() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (held_ > 0 && !full_.load(std::memory_order_relaxed)) PushAll(&lock);
}

void Channel::LookAfter(bool looks) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    looked_after_ = looks;
  }
  if (!looks) WriteNow();
}

bool Channel::Flush() {
  std::lock_guard<std::mutex> lock(mutex_);
  held_ = 0;
  const bool works = Push();
  full_.store(!queue_.empty(), std::memory_order_relaxed);
  return works;
}

Channel::Reader::Why Channel::Run(Reader& reader) {
  buffer_.Resize(kBuffer);
  bool busy = false;
  for (int64_t due = 0;;) {
    const int64_t now = SteadyNow();
    if (now >= due || hurried_.exchange(false, std::memory_order_acquire)) due = reader.OnTime(now);
    if (ended_.load(std::memory_order_relaxed)) return Reader::Why::kEnded;
    const short events = full_.load(std::memory_order_relaxed) ? POLLIN | POLLOUT : POLLIN;
    pollfd waits[] = {{socket_, events, 0}, {bell_, POLLIN, 0}};
    const int until_due = MillisecondsUntil(due);
    const int ready = poll(waits, 2, !busy ? until_due : until_due < 0 ? kMoment : std::min(until_due, kMoment));
    if (ready < 0 && errno != EINTR) return Reader::Why::kEnded;
    // Somebody who is idle is not woken again and again.
    if (busy != (ready > 0)) LookAfter(busy = ready > 0);
    if ((waits[1].revents & POLLIN) != 0) {
      uint64_t rung;
      while (read(bell_, &rung, sizeof(rung)) < 0 && errno == EINTR) continue;
    }
    if ((waits[0].revents & POLLOUT) != 0 && !Flush()) return Reader::Why::kClosed;
    Reader::Why why;
    if ((waits[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !ReadSome(reader, &why)) {
      return ended_.load(std::memory_order_relaxed) ? Reader::Why::kEnded : why;
    }
  }
}

bool Channel::ReadSome(Reader& reader, Reader::Why* why) {
  if (to_ == 0 && buffer_.size() > kBuffer) buffer_ = value::Bytes(nullptr, 0);
  if (buffer_.size() < kBuffer) buffer_.Resize(kBuffer);
  if (to_ == buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + from_, to_ - from_);
    to_ -= std::exchange(from_, 0);
  }
  const ssize_t count = recv(socket_, buffer_.data() + to_, buffer_.size() - to_, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return true;
  if (count <= 0) {
    *why = Reader::Why::kClosed;
    return false;
  }
  to_ += static_cast<size_t>(count);
  return HandOut(reader, why);
}

#else

std::shared_ptr<Channel> Channel::Open(int) { return nullptr; }
Channel::~Channel() = default;
void Channel::Close() {}
void Channel::Ring() {}
void Channel::Hurry() {}
void Channel::End() { ended_.store(true); }
std::span<const uint8_t> Channel::Together(std::span<uint8_t>) const { return {}; }
bool Channel::Push() { return false; }
bool Channel::PushAll(std::unique_lock<std::mutex>*) { return false; }
bool Channel::Send(Frame, Haste) { return false; }
void Channel::WriteNow() {}
void Channel::LookAfter(bool) {}
bool Channel::Flush() { return false; }
Channel::Reader::Why Channel::Run(Reader&) { return Reader::Why::kEnded; }
bool Channel::ReadSome(Reader&, Reader::Why*) { return false; }

#endif

}  // namespace isolet::wire
