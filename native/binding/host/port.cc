#include "binding/host/port.h"

#include <utility>

#include "binding/environment/environment.h"
#include "binding/host/calls.h"
#include "binding/host/runtime_core.h"
#include "boundary/crossing.h"
#include "threads/recycled.h"

namespace isolet {
namespace {

// Runs `body(core)` if the runtime is still known, after the calls that were answered before.
template <typename Body>
class CoreTask final : public HostTask, public Recycled<CoreTask<Body>> {
 public:
  CoreTask(uint64_t serial, Body body) : serial_(serial), body_(std::move(body)) {}
  void Run(Environment& environment) override {
    std::shared_ptr<RuntimeCore> core = RuntimeCore::Find(environment, serial_);
    if (!core) return;
    core->TellSettled(false);
    body_(*core);
  }
  uint64_t runtime() const override { return serial_; }

 private:
  const uint64_t serial_;
  Body body_;
};

// A call has its answer, unless it was given before all others.
class AnswerTask final : public HostTask, public Recycled<AnswerTask> {
 public:
  AnswerTask(uint64_t serial, uint64_t call_id, Outcome outcome, std::unique_ptr<InFlight> in_flight,
             std::shared_ptr<bool> given = nullptr)
      : serial_(serial),
        call_id_(call_id),
        outcome_(std::move(outcome)),
        in_flight_(std::move(in_flight)),
        given_(std::move(given)) {}
  void Run(Environment& environment) override {
    if (given_ && std::exchange(*given_, true)) return;
    if (std::shared_ptr<RuntimeCore> core = RuntimeCore::Find(environment, serial_)) {
      core->SettleCall(call_id_, std::move(outcome_));
    }
  }
  uint64_t runtime() const override { return serial_; }
  bool small() const override { return IsValue(outcome_) && ByteSizeOf(outcome_) <= kSmall; }

 private:
  static constexpr size_t kSmall = 1024;

  const uint64_t serial_;
  const uint64_t call_id_;
  Outcome outcome_;
  const std::unique_ptr<InFlight> in_flight_;
  const std::shared_ptr<bool> given_;
};

// Looks for what the host has dropped; a guest may wait for it in `slot`. Run or dropped, it is told.
class CollectionTask final : public HostTask {
 public:
  CollectionTask(uint64_t serial, std::shared_ptr<ReplySlot> slot) : serial_(serial), slot_(std::move(slot)) {
    reply_.threw = true;
  }
  ~CollectionTask() override {
    if (slot_) slot_->Answer(&reply_);
  }
  void Run(Environment& environment) override { reply_.threw = !environment.collections().Collect(); }
  uint64_t runtime() const override { return serial_; }

 private:
  const uint64_t serial_;
  const std::shared_ptr<ReplySlot> slot_;
  HostReply reply_;
};

}  // namespace

HostPort::HostPort(Environment& environment, uint64_t serial)
    : environment_(&environment),
      inbox_(environment.shared_inbox()),
      sync_answers_(environment.sync_answers()),
      serial_(serial),
      thread_(ThreadNumber()) {}

template <typename Body>
bool HostPort::Post(Body body, bool urgent) {
  return inbox_->Post(std::make_unique<CoreTask<Body>>(serial_, std::move(body)), urgent);
}

void HostPort::CallSettled(uint64_t call_id, Outcome outcome, std::unique_ptr<InFlight> in_flight) {
  if (sync_answers_->Take(serial_, call_id, &outcome)) return;
  const Stop* stop = std::get_if<Stop>(&outcome);
  if (stop == nullptr) {
    inbox_->Post(std::make_unique<AnswerTask>(serial_, call_id, std::move(outcome), std::move(in_flight)), false);
    return;
  }
  // In its place of the queue, where what the guest said before comes before it; or before all if that is long.
  auto given = std::make_shared<bool>(false);
  auto overtake = [call_id, given, stop = *stop](RuntimeCore& core) mutable {
    *given = true;
    core.SettleCallEarly(call_id, std::move(stop));
  };
  inbox_->Post(std::make_unique<AnswerTask>(serial_, call_id, std::move(outcome), nullptr, given), false);
  inbox_->PostLate({SteadyNow(), given, std::make_unique<CoreTask<decltype(overtake)>>(serial_, std::move(overtake))});
}

void HostPort::GuestPromiseSettled(uint64_t promise_id, Outcome outcome, std::unique_ptr<InFlight> in_flight) {
  Post([promise_id, outcome = std::move(outcome), in_flight = std::move(in_flight)](RuntimeCore& core) mutable {
    core.SettleGuestPromise(promise_id, std::move(outcome));
  });
}

void HostPort::GuestPromisesFailed(std::vector<uint64_t> promise_ids, Stop stop) {
  Post([ids = std::move(promise_ids), stop = std::move(stop)](RuntimeCore& core) mutable {
    core.guest_promises().Fail(ids, std::move(stop));
  });
}

void HostPort::PostCollection(std::shared_ptr<ReplySlot> slot) {
  const bool urgent = slot != nullptr;
  inbox_->Post(std::make_unique<CollectionTask>(serial_, std::move(slot)), urgent);
}

bool HostPort::CollectHere() {
  if (environment_->ending()) return false;
  v8::Isolate* isolate = environment_->isolate();
  v8::Isolate::Scope isolate_scope(isolate);
  return environment_->collections().Collect();
}

void HostPort::PostHostCall(HostCall call) {
  bool urgent = call.slot != nullptr;
  // If the environment is ending the guest is stopped too: nobody waits for an answer for long.
  Post([call = std::move(call)](RuntimeCore& core) mutable { ServeHostCall(core, std::move(call)); }, urgent);
}

void HostPort::ExportReleased(uint64_t function_id, uint64_t count) {
  Post([function_id, count](RuntimeCore& core) { core.ReleaseExport(function_id, count); });
}

void HostPort::PromiseTaken() {
  Post([](RuntimeCore& core) { core.HostPromiseTaken(); });
}

void HostPort::PostEvent(GuestEvent event) {
  Post([event = std::move(event)](RuntimeCore& core) mutable { core.Emit(std::move(event)); });
}

void HostPort::IsolateGone() {
  Post([](RuntimeCore& core) { core.IsolateGone(); });
}

bool HostPort::HostThreadEnding() { return environment_->ending() || environment_->AskedToEnd(); }

HostReply HostPort::CallHere(HostCall call) {
  std::shared_ptr<RuntimeCore> core = environment_->ending() ? nullptr : RuntimeCore::Find(*environment_, serial_);
  if (!core) return {false, value::Undefined(), 0};
  v8::Isolate* isolate = environment_->isolate();
  v8::Isolate::Scope isolate_scope(isolate);
  v8::HandleScope scope(isolate);
  v8::Context::Scope context_scope(environment_->context());
  core->WriteConsole();
  return CallHostFunction(*core, call);
}

}  // namespace isolet
