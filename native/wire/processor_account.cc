#include "wire/processor_account.h"

#include <algorithm>

namespace isolet::wire {

int64_t ProcessorAccount::Unclaimed() const { return used_ - 2 * claimed_ - kSlack - charged_; }

int64_t ProcessorAccount::Claimed(int64_t more) {
  std::lock_guard<std::mutex> lock(mutex_);
  claimed_ += more;
  const int64_t charge = std::max<int64_t>(std::min(owed_, Unclaimed()), 0);
  owed_ = 0;
  charged_ += charge;
  return charge;
}

bool ProcessorAccount::Used(int64_t total, int64_t now, Work work, size_t guests) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!known_) {
    known_ = true;
    first_ = total;
    looked_ = now;
    return true;
  }
  const int64_t more = std::max<int64_t>(total - first_ - used_, 0);
  const auto passed = static_cast<double>(now - looked_);
  used_ += more;
  looked_ = now;
  if (work != Work::kAsked) owed_ = Unclaimed();
  if (work != Work::kNone) {
    unasked_ = 0;
    return true;
  }
  const double allowed = kUnasked * static_cast<double>(guests + 1) * passed;
  unasked_ = std::max<int64_t>(unasked_ + more - static_cast<int64_t>(allowed), 0);
  return unasked_ <= kMostUnasked;
}

}  // namespace isolet::wire
