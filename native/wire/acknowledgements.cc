#include "wire/acknowledgements.h"

#include <algorithm>
#include <utility>

#include "calls/limits.h"

namespace isolet::wire {
namespace {

// Worth a frame of their own.
constexpr size_t kMuchBytes = 64 * 1024;
constexpr size_t kMuch = 64;

// Calls of two kinds, and those that wait, one inside the other.
constexpr size_t kMostOpen = 2 * kMaxHostCallsInFlight + 2 * kMaxNesting;
// What nobody counts there: answers that are small, as many as there can be calls, and what a frame is beside its
// value.
constexpr size_t kUncounted = size_t{32} << 20;

size_t Sum(size_t a, size_t b) { return a > SIZE_MAX - b ? SIZE_MAX : a + b; }

size_t Times(size_t a, size_t b) { return b > SIZE_MAX / a ? SIZE_MAX : a * b; }

size_t MostCallBytes(const GuestOptions& options) {
  const size_t of_a_kind = std::max(options.max_open_host_call_bytes, options.transfer.max_bytes);
  return Sum(Sum(Times(2, of_a_kind), Times(kMaxNesting, options.transfer.max_bytes)), kUncounted);
}

}  // namespace

// Goes when what it stands for does.
struct Acknowledgements::Note {
  const std::weak_ptr<Acknowledgements> to;
  const uint64_t id;  // of a call; 0: an answer
  const size_t bytes;
  const bool counted;
  const std::shared_ptr<std::atomic<size_t>> total;
  std::atomic<size_t> one{0};

  Note(std::weak_ptr<Acknowledgements> to, uint64_t id, size_t bytes, bool counted,
       std::shared_ptr<std::atomic<size_t>> total = nullptr)
      : to(std::move(to)), id(id), bytes(bytes), counted(counted), total(std::move(total)) {}
  Note(const Note&) = delete;
  Note& operator=(const Note&) = delete;
  ~Note() {
    std::shared_ptr<Acknowledgements> told = to.lock();
    if (!told || told->ended_.load(std::memory_order_relaxed)) return;
    id == 0 ? told->WasRead(counted, bytes) : told->WasClosed(id, bytes);
  }
};

Acknowledgements::Acknowledgements(const GuestOptions& options, std::function<void(Acknowledged)> send)
    : most_answer_bytes_(options.max_heap_size == 0
                             ? SIZE_MAX
                             : Sum(std::max(options.max_heap_size, options.transfer.max_bytes), kUncounted)),
      most_call_bytes_(MostCallBytes(options)),
      send_(std::move(send)) {}

std::unique_ptr<InFlight> Acknowledgements::Answer(size_t bytes, bool counted) {
  if (Sum(answer_bytes_->load(std::memory_order_relaxed), bytes) > most_answer_bytes_) return nullptr;
  auto note = std::make_shared<Note>(weak_from_this(), 0, bytes, counted, answer_bytes_);
  return std::make_unique<InFlight>(std::shared_ptr<std::atomic<size_t>>(note, note->total.get()), bytes);
}

std::unique_ptr<OpenCall> Acknowledgements::Open(uint64_t id, size_t bytes) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (open_.size() >= kMostOpen || Sum(call_bytes_->load(std::memory_order_relaxed), bytes) > most_call_bytes_ ||
        !open_.insert(id).second) {
      return nullptr;
    }
  }
  auto note = std::make_shared<Note>(weak_from_this(), id, bytes, true);
  return std::make_unique<OpenCall>(std::shared_ptr<std::atomic<size_t>>(note, &note->one), call_bytes_, bytes);
}

void Acknowledgements::WasRead(bool counted, size_t bytes) {
  if (!counted) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ++done_.answers;
    bytes_ += bytes;
    if (bytes_ < kMuchBytes && done_.answers % kMuch != 0) return;
  }
  send_(Take());
}

void Acknowledgements::WasClosed(uint64_t id, size_t bytes) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    open_.erase(id);
    done_.host_calls.push_back(id);
    bytes_ += bytes;
    if (bytes_ < kMuchBytes && done_.host_calls.size() % kMuch != 0) return;
  }
  send_(Take());
}

Acknowledged Acknowledgements::Take() {
  std::lock_guard<std::mutex> lock(mutex_);
  bytes_ = 0;
  return std::exchange(done_, {});
}

}  // namespace isolet::wire
