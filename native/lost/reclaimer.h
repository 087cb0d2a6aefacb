// Lost guests whose memory is still to be given back: that of their large objects, as soon as their threads are parked
// and V8's other threads are done with what they had begun.
//
// Add: any thread. GiveBackDue: one thread.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "progress/bystanders.h"

namespace isolet {

class Losable;

class Reclaimer {
 public:
  // How often GiveBackDue wants to be called while there is anything.
  static constexpr auto kPeriod = std::chrono::milliseconds(50);

  Reclaimer() = default;
  Reclaimer(const Reclaimer&) = delete;
  Reclaimer& operator=(const Reclaimer&) = delete;

  void Add(std::shared_ptr<Losable> guest);
  // False: there is nothing left to give back.
  bool GiveBackDue();

 private:
  struct Lost {
    std::shared_ptr<Losable> guest;
    std::chrono::steady_clock::time_point due;
    std::optional<Bystanders> bystanders;  // since the guest's thread is parked
  };

  std::mutex mutex_;  // guards added_; leaf lock
  std::vector<Lost> added_;
  std::vector<Lost> waiting_;
};

}  // namespace isolet
