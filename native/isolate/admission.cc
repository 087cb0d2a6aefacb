#include "isolate/admission.h"

#include <algorithm>
#include <memory>

#include "isolate/holder.h"
#include "v8/v8.h"

namespace isolet {
namespace {

// What a guest without a limit, or with one that no machine has, counts as.
constexpr size_t kMostReserved = size_t{16} << 30;

size_t Counted(size_t max_heap_size) {
  return max_heap_size == 0 ? kMostReserved : std::min(max_heap_size, kMostReserved);
}

}  // namespace

Admission& Admission::Get() {
  // Never destroyed: lost guests outlive everything else.
  static Admission& instance = *new Admission();
  return instance;
}

std::variant<std::unique_ptr<Admission::Ticket>, CapacityFailure> Admission::Admit(size_t max_heap_size) {
  size_t bytes = Counted(max_heap_size);
  std::lock_guard<std::mutex> lock(mutex_);
  if (std::optional<CapacityFailure> refusal = Refusal(bytes)) return *std::move(refusal);
  auto ticket = std::make_unique<Ticket>(bytes);
  ++admitted_;
  reserved_ += bytes;
  return ticket;
}

bool Admission::HasRoom(size_t max_heap_size) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return !Refusal(Counted(max_heap_size));
}

std::optional<CapacityFailure> Admission::Refusal(size_t bytes) const {
  auto refusal = [](const char* why, size_t limit, size_t actual) {
    return CapacityFailure{why, static_cast<double>(limit), static_cast<double>(actual)};
  };
  if (size_t lost = lost_count(); lost >= limits_.lost) {
    return refusal("Too many guests of this process were lost with their threads; restart it", limits_.lost, lost);
  }
  if (size_t made = IsolateHolder::made_count(); made >= kMostIsolatesMade) {
    return refusal("This process has made as many isolates as the V8 of its Node has room for; restart it",
                   kMostIsolatesMade, made);
  }
  if (admitted_ >= limits_.isolates) {
    return refusal("Too many runtimes are open in this process", limits_.isolates, admitted_);
  }
  if (bytes > limits_.reserved_bytes || reserved_ > limits_.reserved_bytes - bytes) {
    return refusal("The memory limits of the runtimes in this process add up to too much", limits_.reserved_bytes,
                   reserved_ + bytes);
  }
  return std::nullopt;
}

void Admission::GiveBack(size_t bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  --admitted_;
  reserved_ -= bytes;
}

void Admission::SetLimits(const Limits& limits) {
  std::lock_guard<std::mutex> lock(mutex_);
  limits_ = limits;
}

Admission::Limits Admission::limits() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return limits_;
}

size_t Admission::reserved_bytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return reserved_;
}

}  // namespace isolet
