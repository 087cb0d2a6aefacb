// The tasks of a guest's mailbox.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "entry/frame.h"
#include "guest/guest.h"
#include "guest/sync_job.h"
#include "threads/recycled.h"

namespace isolet {

// A call of the host's.
class CallTask final : public Task, public Recycled<CallTask> {
 public:
  explicit CallTask(std::shared_ptr<Call> call) : call_(std::move(call)) {}
  void Run(const IsolateLock& lock) override { RunToSettlement(lock, call_); }
  bool Stale() const override { return call_->answered.load(std::memory_order_relaxed); }

 private:
  const std::shared_ptr<Call> call_;
};

inline void RunSyncJob(const IsolateLock& lock, SyncJob& job) {
  std::unique_ptr<Program> program = job.Begin();
  if (!program) return;
  Outcome outcome = RunToValue(lock, job.call(), *program);
  // Finish takes it only when it answers true.
  if (!job.Finish(std::move(outcome))) DropOutcome(lock.parts(), outcome);  // NOLINT(bugprone-use-after-move)
}

// A synchronous call of the host's.
class SyncTask final : public Task {
 public:
  SyncTask(const std::shared_ptr<Guest>& guest, std::shared_ptr<SyncJob> job) : guest_(guest), job_(std::move(job)) {}
  // Dropped: the guest ended before its turn came.
  ~SyncTask() override {
    if (job_->done()) return;
    std::shared_ptr<Guest> guest = guest_.lock();
    std::optional<Stop> stop = guest ? guest->final_stop() : std::nullopt;
    job_->Finish(stop.value_or(Stop{StopReason::kClosed, 0, 0, Phase::kQueued, ""}));
  }
  void Run(const IsolateLock& lock) override { RunSyncJob(lock, *job_); }
  bool Stale() const override { return job_->abandoned(); }

 private:
  const std::weak_ptr<Guest> guest_;
  const std::shared_ptr<SyncJob> job_;
};

// A program that nobody waits for.
class InternalTask final : public Task {
 public:
  InternalTask(std::unique_ptr<Program> program, const CallLimits& limits, std::unique_ptr<InFlight> in_flight)
      : program_(std::move(program)), limits_(limits), in_flight_(std::move(in_flight)) {}
  void Run(const IsolateLock& lock) override {
    Call call(0, CallKind::kInternal, limits_);
    DropOutcome(lock.parts(), RunToValue(lock, call, *program_));
  }

 private:
  const std::unique_ptr<Program> program_;
  const CallLimits limits_;
  const std::unique_ptr<InFlight> in_flight_;
};

// The host settled a promise that the guest holds.
class SettlePromiseTask final : public Task {
 public:
  SettlePromiseTask(std::shared_ptr<Host> host, uint64_t id, HostReply reply, std::unique_ptr<InFlight> in_flight)
      : host_(std::move(host)), id_(id), reply_(std::move(reply)), in_flight_(std::move(in_flight)) {}
  // Run or dropped: the host counts.
  ~SettlePromiseTask() override { host_->PromiseTaken(); }
  void Run(const IsolateLock& lock) override {
    ModuleLoader& loader = lock.parts().modules().loader();
    Promises& promises = lock.parts().promises();
    const bool is_loaders = loader.Expects(id_);
    const uint64_t call_id = is_loaders ? loader.CallOf(id_) : promises.CallOf(id_);
    std::optional<Outcome> stopped = RunContinuation(lock, call_id, [&] {
      if (is_loaders) {
        loader.Settle(lock.context(), id_, std::move(reply_));
      } else {
        promises.SettleHostPromise(lock, id_, std::move(reply_));
      }
    });
    if (stopped) lock.parts().life().UnattendedStopped(call_id, std::move(*stopped));
  }

 private:
  const std::shared_ptr<Host> host_;
  const uint64_t id_;
  HostReply reply_;
  const std::unique_ptr<InFlight> in_flight_;
};

// The host wants back what the guest has dropped.
class CollectionTask final : public Task {
 public:
  void Run(const IsolateLock& lock) override { lock.parts().host_functions().CollectDropped(lock); }
};

// A call was answered before it ended (time, abort): what it still waits for will not wake it, unless the host wants it
// settled.
class AbandonTask final : public Task {
 public:
  explicit AbandonTask(uint64_t call_id) : call_id_(call_id) {}
  void Run(const IsolateLock& lock) override {
    if (!lock.parts().options().settle_stopped) {
      lock.parts().promises().Abandon(call_id_);
      lock.parts().timers().Abandon(call_id_);
      lock.parts().async_waits().Abandon(call_id_);
    }
    lock.parts().modules().AbandonCall(lock.context(), call_id_);
    lock.parts().call_ties().Settle(lock.parts().host());
  }

 private:
  const uint64_t call_id_;
};

// V8's own work, oldest first.
class ForegroundTask final : public Task {
 public:
  // In an entry: cleaning up after a FinalizationRegistry runs the guest's callbacks.
  void Run(const IsolateLock& lock) override {
    std::unique_ptr<v8::Task> task = lock.parts().foreground()->Take();
    if (!task) return;
    std::optional<Outcome> stopped = RunContinuation(lock, 0, [&task] { task->Run(); });
    if (stopped) lock.parts().life().UnattendedStopped(0, std::move(*stopped));
  }
};

class CheckpointTask final : public Task {
 public:
  void Run(const IsolateLock& lock) override {
    std::optional<Outcome> stopped = RunContinuation(lock, 0, [] {});
    if (stopped) lock.parts().life().UnattendedStopped(0, std::move(*stopped));
  }
};

// Loads what a stop left undone.
class ResumeLoadingTask final : public Task {
 public:
  void Run(const IsolateLock& lock) override { lock.parts().modules().loader().Resume(lock); }
};

// Does nothing: the turn it causes is what ends a stopped guest.
class LastTask final : public Task {
 public:
  void Run(const IsolateLock&) override {}
  bool RunsWhenStopped() const override { return true; }
};

}  // namespace isolet
