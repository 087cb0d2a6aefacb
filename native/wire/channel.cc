#include "wire/channel.h"

#include <cstring>
#include <utility>

#include "threads/thread.h"

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
  return StartThread("isolet-wire", [self = shared_from_this(), reader = std::move(reader)] { self->Main(*reader); });
}

void Channel::Main(Reader& reader) {
  thread_.store(ThreadNumber(), std::memory_order_relaxed);
  const Reader::Why why = Run(reader);
  End();
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

Channel::~Channel() {
  close(socket_);
  close(bell_);
}

void Channel::Ring() {
  const uint64_t one = 1;
  // What is in it already wakes as well.
  while (write(bell_, &one, sizeof(one)) < 0 && errno == EINTR) continue;
}

void Channel::End() {
  if (ended_.exchange(true)) return;
  shutdown(socket_, SHUT_RDWR);
  Ring();
}

bool Channel::Push(const Frame& frame, size_t* at) {
  while (*at < frame.size()) {
    const ssize_t sent = send(socket_, frame.data() + *at, frame.size() - *at, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      *at += static_cast<size_t>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return true;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool Channel::Send(Frame frame) {
  bool broken = false, left = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (ended_.load(std::memory_order_relaxed)) return false;
    size_t at = 0;
    if (queue_.empty()) broken = !Push(frame, &at);
    if (!broken && at < frame.size()) {
      left = queue_.empty();
      if (left) sent_ = at;
      unsent_.fetch_add(frame.size() - at, std::memory_order_relaxed);
      queue_.push_back(std::move(frame));
    }
  }
  if (broken) End();
  if (left) Ring();
  return !broken;
}

bool Channel::Flush() {
  std::lock_guard<std::mutex> lock(mutex_);
  while (!queue_.empty()) {
    const size_t before = sent_;
    if (!Push(queue_.front(), &sent_)) return false;
    unsent_.fetch_sub(sent_ - before, std::memory_order_relaxed);
    if (sent_ < queue_.front().size()) return true;
    queue_.pop_front();
    sent_ = 0;
  }
  return true;
}

Channel::Reader::Why Channel::Run(Reader& reader) {
  buffer_.Resize(kBuffer);
  for (;;) {
    if (ended_.load(std::memory_order_relaxed)) return Reader::Why::kEnded;
    const short events = unsent() > 0 ? POLLIN | POLLOUT : POLLIN;
    pollfd waits[] = {{socket_, events, 0}, {bell_, POLLIN, 0}};
    if (poll(waits, 2, -1) < 0 && errno != EINTR) return Reader::Why::kEnded;
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
void Channel::Ring() {}
void Channel::End() { ended_.store(true); }
bool Channel::Push(const Frame&, size_t*) { return false; }
bool Channel::Send(Frame) { return false; }
bool Channel::Flush() { return false; }
Channel::Reader::Why Channel::Run(Reader&) { return Reader::Why::kEnded; }
bool Channel::ReadSome(Reader&, Reader::Why*) { return false; }

#endif

}  // namespace isolet::wire
