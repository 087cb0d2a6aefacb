// Guests made ahead: set up and with nobody's code in them, so that a runtime need not wait for its own. Each is used
// once, by one runtime.
//
// It fills itself when runtimes are made one after the other in the same way, only on engine threads that have nothing
// else to do, up to a small number; it empties itself when nobody has made one for a moment. A process that makes one
// runtime never has a stock, an idle one keeps none.
//
// One per Node environment, whose platform the isolates belong to; the environment closes it before that goes. Any
// thread. Lifetime: turns on engine threads keep it alive.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "calls/guest_options.h"
#include "isolate/platform.h"
#include "threads/watchdog.h"

namespace isolet {

class Guest;

class GuestStock final : public Watched, public std::enable_shared_from_this<GuestStock> {
 public:
  // `working` counts the turns that run for the stock: the environment waits for them when it ends.
  GuestStock(std::shared_ptr<IsolatePlatform> platform, std::shared_ptr<std::atomic<int>> working);
  GuestStock(const GuestStock&) = delete;
  GuestStock& operator=(const GuestStock&) = delete;

  // Null: there is none of this kind. Nobody serves it yet.
  std::shared_ptr<Guest> Take(const GuestRecipe& recipe);
  // A guest was made like this and works.
  void NoteMade(const GuestRecipe& recipe);
  // Disposes what is there; begins no more turns. What runs is in `working`. Called once more when that is zero and no
  // guest is being made: after it the watchdog has forgotten the stock.
  void Close();

  const std::shared_ptr<IsolatePlatform>& platform() const { return platform_; }

  // Process-wide bound on what one stock keeps; 0 turns stocks off.
  static void SetMost(size_t most);
  static size_t most();

  int64_t OnDue(int64_t now) override;

 private:
  class Turn;
  using Guests = std::vector<std::shared_ptr<Guest>>;

  void Build();
  void Discard();
  static void Dispose(Guests* guests);
  // What is ready goes with the next Discard. Needs mutex_.
  void LetGo();

  const std::shared_ptr<IsolatePlatform> platform_;
  const std::shared_ptr<std::atomic<int>> working_;
  // Guards everything below; leaf lock. Guests are neither made nor disposed under it.
  std::mutex mutex_;
  GuestRecipe stocked_;    // what is in stock
  GuestRecipe candidate_;  // what was made last
  int64_t last_made_ = 0;  // steady nanoseconds
  size_t wanted_ = 0;
  Guests ready_;
  Guests leaving_;
  bool scheduled_ = false;  // a turn that makes one
  bool registered_ = false;
  bool closed_ = false;
};

}  // namespace isolet
