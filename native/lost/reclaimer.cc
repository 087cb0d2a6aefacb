#include "lost/reclaimer.h"

#include <iterator>
#include <utility>

#include "lost/heap_pages.h"
#include "lost/losable.h"

namespace isolet {
namespace {

// From when the guest was lost, at least: what V8's other threads had begun is done by then, unless they had no
// processor to do it on.
constexpr auto kDelay = std::chrono::milliseconds(500);

}  // namespace

void Reclaimer::Add(std::shared_ptr<Losable> guest) {
  std::lock_guard<std::mutex> lock(mutex_);
  added_.push_back({std::move(guest), std::chrono::steady_clock::now() + kDelay, std::nullopt});
}

bool Reclaimer::GiveBackDue() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    std::move(added_.begin(), added_.end(), std::back_inserter(waiting_));
    added_.clear();
  }
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(waiting_, [&](Lost& lost) {
    if (!lost.guest->parked()) return false;
    if (!lost.bystanders) lost.bystanders.emplace();
    if (lost.due > now || !lost.bystanders->Done()) return false;
    HeapPages::GiveBack(lost.guest->LostIsolate());
    return true;
  });
  return !waiting_.empty();
}

}  // namespace isolet
