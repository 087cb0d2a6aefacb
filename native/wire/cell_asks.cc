#include "wire/cell_asks.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "threads/mailbox.h"

namespace isolet::wire {
namespace {

// A thread that has nothing else to do than to wait.
class Sleeper final : public TurnWaiter {
 public:
  bool Wait(int64_t deadline) override {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto woken = [this] { return woken_; };
    if (deadline == Watched::kNever) {
      changed_.wait(lock, woken);
    } else {
      changed_.wait_for(lock, std::chrono::nanoseconds(std::max<int64_t>(deadline - SteadyNow(), 0)), woken);
    }
    return std::exchange(woken_, false);
  }
  void Wake() override {
    std::lock_guard<std::mutex> lock(mutex_);
    woken_ = true;
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;  // guards woken_; leaf lock
  std::condition_variable changed_;
  bool woken_ = false;
};

// A synchronous call of the host, which waits for it: on a thread that waits in its stead.
class SyncTurn final {
 public:
  SyncTurn(std::shared_ptr<GuestPort> guest, std::shared_ptr<CellHost> host, RunNowCall run,
           std::unique_ptr<Program> program, std::shared_ptr<std::atomic<bool>> waits)
      : guest_(std::move(guest)),
        host_(std::move(host)),
        run_(std::move(run)),
        program_(std::move(program)),
        waits_(std::move(waits)) {}

  void Run() {
    Sleeper sleeper;
    RanNow ran;
    ran.ticket = run_.ticket;
    ran.outcome = guest_->RunNow(run_.kind, run_.call_id, run_.limits, std::move(program_), sleeper,
                                 host_->Waiting(run_.inside), &ran.leaves);
    ran.waits = waits_ && waits_->load(std::memory_order_acquire);
    host_->SayRan(std::move(ran));
  }

 private:
  const std::shared_ptr<GuestPort> guest_;
  const std::shared_ptr<CellHost> host_;
  const RunNowCall run_;
  std::unique_ptr<Program> program_;
  const std::shared_ptr<std::atomic<bool>> waits_;
};

// Says when a program that nobody waits for has run or was dropped.
class NotedProgram final : public Program {
 public:
  NotedProgram(std::unique_ptr<Program> program, std::shared_ptr<CellHost> host)
      : program_(std::move(program)), host_(std::move(host)) {}
  ~NotedProgram() override { host_->Say(FreeRan{}); }
  v8::MaybeLocal<v8::Value> Run(const IsolateLock& lock) override { return program_->Run(lock); }
  void Discard(Parts& parts) override { program_->Discard(parts); }
  size_t ByteSize() const override { return program_->ByteSize(); }

 private:
  const std::unique_ptr<Program> program_;
  const std::shared_ptr<CellHost> host_;
};

struct Asker {
  const std::shared_ptr<GuestPort>& guest;
  const std::shared_ptr<CellHost>& host;
  GuestMaker& maker;
  CallWaiters& waiters;

  // Of the cell, or of a guest that is there already.
  bool operator()(KeepSnapshot&) const { return false; }
  bool operator()(Ping&) const { return false; }
  bool operator()(SetTimeZone&) const { return false; }
  bool operator()(CreateGuest&) const { return false; }

  bool operator()(StartCall& m) const {
    std::unique_ptr<Program> program = maker.ToProgram(std::move(m.program));
    if (!program) return false;
    guest->Start(m.call_id, m.kind, m.limits, std::move(program));
    return true;
  }
  bool operator()(RunNowCall& m) const {
    host->BeginRun();
    if (!waiters.HasRoom()) return Refuse(m);
    std::shared_ptr<std::atomic<bool>> waits;
    if (auto* module = std::get_if<EvalModuleForm>(&m.program)) waits = module->waits;
    std::unique_ptr<Program> program = maker.ToProgram(std::move(m.program));
    if (!program) return false;
    auto turn = std::make_shared<SyncTurn>(guest, host, std::move(m), std::move(program), std::move(waits));
    waiters.Run([turn = std::move(turn)] { turn->Run(); });
    return true;
  }
  // The system has no thread for it.
  bool Refuse(const RunNowCall& m) const {
    ForEachMessage(m.program, [this](const value::Message& message) { host->GiveBackOf(message); });
    const auto waiting = static_cast<double>(waiters.threads());
    RanNow ran;
    ran.ticket = m.ticket;
    ran.outcome =
        CapacityFailure{"Too many synchronous calls wait in the process of this runtime", waiting, waiting + 1};
    host->SayRan(std::move(ran));
    return true;
  }
  bool operator()(RunFree& m) const {
    std::unique_ptr<Program> program = maker.ToProgram(std::move(m.program));
    if (!program) return false;
    // Refused: it was dropped, and says so.
    (void)guest->RunWhenFree(std::make_unique<NotedProgram>(std::move(program), host), m.limits);
    return true;
  }
  bool operator()(CancelCall& m) const {
    const Cancelled was = guest->Cancel(m.call_id, m.only_running);
    if (m.ticket != 0) host->Say(WasCancelled{m.ticket, was});
    return true;
  }
  bool operator()(SettlePromise& m) const {
    guest->SettleHostPromise(m.promise_id, std::move(m.reply));
    return true;
  }
  bool operator()(AnswerSlot& m) const {
    host->OnAnswer(m.slot, std::move(m.reply));
    return true;
  }
  bool operator()(LetGoHandles& m) const {
    guest->LetGo(m.kind, m.id, m.count);
    return true;
  }
  bool operator()(CollectFunctions&) const {
    guest->RequestCollection();
    return true;
  }
  bool operator()(AddModuleSource& m) const {
    guest->AddModule(std::move(m.url), std::move(m.source));
    return true;
  }
  bool operator()(ModuleHooks& m) const {
    guest->SetModuleHooks(m.resolver, m.loader);
    return true;
  }
  bool operator()(ReadEvent& m) const {
    guest->EventRead(m.bytes);
    return true;
  }
  bool operator()(AskNumbers& m) const {
    host->Say(Numbers{m.ticket, guest->numbers()});
    return true;
  }
  bool operator()(Acknowledge&) const { return true; }
  bool operator()(TerminateGuest& m) const {
    guest->Terminate(std::move(m.reason));
    return true;
  }
  bool operator()(CloseGuest&) const {
    guest->Close();
    return true;
  }
};

}  // namespace

bool AskGuest(const std::shared_ptr<GuestPort>& guest, const std::shared_ptr<CellHost>& host, GuestMaker& maker,
              CallWaiters& waiters, ToCell& message) {
  return std::visit(Asker{guest, host, maker, waiters}, message);
}

}  // namespace isolet::wire
