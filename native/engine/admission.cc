#include "engine/admission.h"

#include <algorithm>
#include <memory>

#include "engine/fatal_guard.h"

namespace isolet {
namespace {

// What a guest without a limit, or with one that no machine has, counts as.
constexpr size_t kMostReserved = size_t{16} << 30;

CapacityFailure Refusal(const char* why, size_t limit, size_t actual) {
  return CapacityFailure{why, static_cast<double>(limit), static_cast<double>(actual)};
}

}  // namespace

Admission& Admission::Get() {
  // Never destroyed: lost guests outlive everything else.
  static Admission& instance = *new Admission();
  return instance;
}

std::variant<std::unique_ptr<Admission::Ticket>, CapacityFailure> Admission::Admit(size_t max_heap_size) {
  size_t bytes = max_heap_size == 0 ? kMostReserved : std::min(max_heap_size, kMostReserved);
  std::lock_guard<std::mutex> lock(mutex_);
  if (size_t lost = FatalGuard::lost_count(); lost >= limits_.lost) {
    return Refusal("Too many guests of this process were lost with their threads; restart it", limits_.lost, lost);
  }
  if (admitted_ >= limits_.isolates) {
    return Refusal("Too many runtimes are open in this process", limits_.isolates, admitted_);
  }
  if (bytes > limits_.reserved_bytes || reserved_ > limits_.reserved_bytes - bytes) {
    return Refusal("The memory limits of the runtimes in this process add up to too much", limits_.reserved_bytes,
                   reserved_ + bytes);
  }
  auto ticket = std::make_unique<Ticket>(bytes);
  ++admitted_;
  reserved_ += bytes;
  return ticket;
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
