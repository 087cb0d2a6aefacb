#include "isolate/stock.h"

#include <algorithm>
#include <array>
#include <utility>

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
class IsolateStock::Turn final : public Runnable {
 public:
  Turn(std::shared_ptr<IsolateStock> stock, void (IsolateStock::*work)()) : stock_(std::move(stock)), work_(work) {}

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
  const std::shared_ptr<IsolateStock> stock_;
  void (IsolateStock::*const work_)();
};

IsolateStock::IsolateStock(std::shared_ptr<IsolatePlatform> platform, std::shared_ptr<std::atomic<int>> working)
    : platform_(std::move(platform)), working_(std::move(working)) {}

void IsolateStock::SetMost(size_t most) { most_stocked.store(most, std::memory_order_relaxed); }

size_t IsolateStock::most() { return most_stocked.load(std::memory_order_relaxed); }

std::unique_ptr<UnusedIsolate> IsolateStock::TakeOrMake(const IsolateRecipe& recipe) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (recipe == recipe_ && !ready_.empty()) {
      std::unique_ptr<UnusedIsolate> taken = std::move(ready_.back());
      ready_.pop_back();
      taken->holder->LeaveStock(true);
      return taken;
    }
  }
  return std::make_unique<UnusedIsolate>(platform_, recipe, IsolateHolder::Purpose::kRun);
}

void IsolateStock::NoteMade(const IsolateRecipe& recipe) {
  int64_t now = SteadyNow();
  int64_t due = now + kPause;
  bool enroll = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_ || most() == 0) return;
    bool again = recipe == candidate_ && now - last_made_ < kAttention;
    candidate_ = recipe;
    last_made_ = now;
    if (!again) {
      // To forget it again: a recipe may hold a snapshot.
      due = now + kAttention;
    } else {
      if (!(recipe == recipe_)) {
        recipe_ = recipe;
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

int64_t IsolateStock::OnDue(int64_t now) {
  bool build = false, discard = false;
  size_t heap_size = 0;
  int64_t next = kNever;
  std::array<IsolateRecipe, 2> forgotten;  // gone after the lock
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) return kNever;
    int64_t calm = last_made_ + kAttention;
    if (now >= calm || most() == 0) {
      wanted_ = 0;
      LetGo();
      forgotten = {std::exchange(recipe_, {}), std::exchange(candidate_, {})};
    } else {
      next = calm;
      build = !scheduled_ && ready_.size() < wanted_;
      scheduled_ |= build;
      heap_size = recipe_.max_heap_size;
    }
    discard = !leaving_.empty();
  }
  if (build && Executor::Get().idle() && Admission::Get().HasRoom(heap_size)) {
    Executor::Get().Schedule(std::make_shared<Turn>(shared_from_this(), &IsolateStock::Build));
  } else if (build) {
    std::lock_guard<std::mutex> lock(mutex_);
    scheduled_ = false;
    next = std::min(next, now + kRetry);
  }
  if (discard) Executor::Get().Schedule(std::make_shared<Turn>(shared_from_this(), &IsolateStock::Discard));
  return next;
}

void IsolateStock::LetGo() {
  for (std::unique_ptr<UnusedIsolate>& isolate : ready_) {
    isolate->holder->LeaveStock(false);
    leaving_.push_back(std::move(isolate));
  }
  ready_.clear();
}

void IsolateStock::Build() {
  IsolateRecipe recipe;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    recipe = recipe_;
  }
  auto made = std::make_unique<UnusedIsolate>(platform_, recipe, IsolateHolder::Purpose::kStock);
  bool usable = made->MakeContext();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    scheduled_ = false;
    if (usable && !closed_ && recipe == recipe_ && ready_.size() < wanted_) {
      made->holder->EnterStock();
      ready_.push_back(std::move(made));
    }
    // One that gets no context is not tried again and again.
    if (!usable) wanted_ = 0;
  }
  if (!made) Watchdog::Get().Arm(this, SteadyNow());
}

void IsolateStock::Discard() {
  Isolates leaving;
  std::lock_guard<std::mutex> lock(mutex_);
  leaving.swap(leaving_);
}

void IsolateStock::Close() {
  Isolates leaving;
  bool registered = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    registered = registered_;
    LetGo();
    leaving.swap(leaving_);
  }
  if (registered) Watchdog::Get().Unregister(this);
}

}  // namespace isolet
