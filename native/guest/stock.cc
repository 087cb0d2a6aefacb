#include "guest/stock.h"

#include <algorithm>
#include <array>
#include <utility>

#include "guest/guest.h"
#include "isolate/admission.h"
#include "threads/executor.h"

namespace isolet {
namespace {

// Two runtimes within this time are one after the other; after it the stock is emptied.
constexpr int64_t kAttention = 2'000'000'000;
// What was just made has its first calls before the stock is filled up.
constexpr int64_t kPause = 1'000'000;
// The engine's threads had no time.
constexpr int64_t kRetry = 20'000'000;

std::atomic<size_t> most_stocked{2};

}  // namespace

// One turn on an engine thread. Counted from where it begins: one that never gets a thread holds up nobody.
class GuestStock::Turn final : public Runnable {
 public:
  Turn(std::shared_ptr<GuestStock> stock, void (GuestStock::*work)()) : stock_(std::move(stock)), work_(work) {}

  void RunTurn() override {
    {
      std::lock_guard<std::mutex> lock(stock_->mutex_);
      if (stock_->closed_) return;
      stock_->working_->fetch_add(1);
    }
    ((*stock_).*work_)();
    stock_->working_->fetch_sub(1);
  }

 private:
  const std::shared_ptr<GuestStock> stock_;
  void (GuestStock::*const work_)();
};

GuestStock::GuestStock(std::shared_ptr<IsolatePlatform> platform, std::shared_ptr<std::atomic<int>> working)
    : platform_(std::move(platform)), working_(std::move(working)) {}

void GuestStock::SetMost(size_t most) { most_stocked.store(most, std::memory_order_relaxed); }

size_t GuestStock::most() { return most_stocked.load(std::memory_order_relaxed); }

std::shared_ptr<Guest> GuestStock::Take(const GuestRecipe& recipe) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (ready_.empty() || !(recipe == stocked_)) return nullptr;
  std::shared_ptr<Guest> taken = std::move(ready_.back());
  ready_.pop_back();
  taken->LeaveStock(true);
  return taken;
}

void GuestStock::NoteMade(const GuestRecipe& recipe) {
  int64_t now = SteadyNow();
  int64_t due = now + kPause;
  bool enroll = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_ || most() == 0) return;
    const bool same = recipe == candidate_;
    const bool again = same && now - last_made_ < kAttention;
    if (!same) candidate_ = recipe;
    last_made_ = now;
    if (!again) {
      // To forget it again: a recipe may hold a snapshot.
      due = now + kAttention;
    } else {
      if (!(recipe == stocked_)) {
        stocked_ = recipe;
        wanted_ = 0;
        LetGo();
      }
      wanted_ = std::min(wanted_ + 1, most());
    }
    enroll = !std::exchange(registered_, true);
  }
  if (enroll) Watchdog::Get().Register(this);
  Watchdog::Get().Arm(this, due);
}

int64_t GuestStock::OnDue(int64_t now) {
  bool build = false, discard = false;
  size_t heap_size = 0;
  int64_t next = kNever;
  std::array<GuestRecipe, 2> forgotten;  // gone after the lock
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) return kNever;
    int64_t calm = last_made_ + kAttention;
    if (now >= calm || most() == 0) {
      wanted_ = 0;
      LetGo();
      forgotten = {std::exchange(stocked_, {}), std::exchange(candidate_, {})};
    } else {
      next = calm;
      build = !scheduled_ && ready_.size() < wanted_;
      scheduled_ |= build;
      heap_size = stocked_.max_heap_size;
    }
    discard = !leaving_.empty();
  }
  if (build && Executor::Get().idle() && Admission::Get().HasRoom(heap_size)) {
    Executor::Get().Schedule(std::make_shared<Turn>(shared_from_this(), &GuestStock::Build));
  } else if (build) {
    std::lock_guard<std::mutex> lock(mutex_);
    scheduled_ = false;
    next = std::min(next, now + kRetry);
  }
  if (discard) Executor::Get().Schedule(std::make_shared<Turn>(shared_from_this(), &GuestStock::Discard));
  return next;
}

void GuestStock::LetGo() {
  for (std::shared_ptr<Guest>& guest : ready_) {
    guest->LeaveStock(false);
    leaving_.push_back(std::move(guest));
  }
  ready_.clear();
}

void GuestStock::Build() {
  GuestRecipe recipe;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    recipe = stocked_;
  }
  auto made = Guest::Make(platform_, {recipe}, nullptr);
  auto* guest = std::get_if<std::shared_ptr<Guest>>(&made);
  Guests unwanted;
  bool again = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    scheduled_ = false;
    again = guest != nullptr && !closed_;
    if (guest == nullptr) {
      // What could not be made is not tried again and again.
      wanted_ = 0;
    } else if (!closed_ && recipe == stocked_ && ready_.size() < wanted_) {
      (*guest)->EnterStock();
      ready_.push_back(std::move(*guest));
    } else {
      unwanted.push_back(std::move(*guest));
    }
  }
  Dispose(&unwanted);
  // Also for others: while this one was made nothing else could be.
  if (again) Watchdog::Get().Arm(this, SteadyNow());
}

void GuestStock::Dispose(Guests* guests) {
  for (const std::shared_ptr<Guest>& guest : *guests) guest->Discard();
}

void GuestStock::Discard() {
  Guests leaving;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    leaving.swap(leaving_);
  }
  Dispose(&leaving);
}

void GuestStock::Close() {
  Guests leaving;
  bool registered = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    registered = registered_;
    LetGo();
    leaving.swap(leaving_);
  }
  Dispose(&leaving);
  if (registered) Watchdog::Get().Unregister(this);
}

}  // namespace isolet
