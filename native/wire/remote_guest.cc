// What a guest in a cell is asked (wire/remote_guest.h).
#include "wire/remote_guest.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "calls/program.h"
#include "calls/room.h"
#include "threads/mailbox.h"
#include "wire/remote_slot.h"

namespace isolet::wire {
namespace {

// The host's thread waits so long in all for what a cell answers at once, and so much of the time that passes.
constexpr int64_t kWaiting = int64_t{1} * 1000 * 1000 * 1000;
constexpr int64_t kShareOfTime = 64;
// Without an answer: it is not asked again before.
constexpr size_t kMostQuestions = 16;

}  // namespace

RemoteGuest::RemoteGuest(std::shared_ptr<CellLink> link, uint64_t id, GuestOptions options, std::shared_ptr<Host> host)
    : link_(std::move(link)),
      id_(id),
      options_(std::move(options)),
      host_(std::move(host)),
      handles_(options_.max_held_handles),
      acknowledgements_(std::make_shared<Acknowledgements>(
          options_, [link = link_, id](Acknowledged done) { link->Send(id, std::move(done), Acknowledge{}); })) {}

CallLimits RemoteGuest::WithGrace(const CallLimits& limits) const {
  CallLimits graced = limits;
  if (limits.timeout_ms <= 0) return graced;
  if (limits.set_timeout_ms == 0) graced.set_timeout_ms = limits.timeout_ms;
  graced.timeout_ms += static_cast<double>(link_->patience().grace) / 1e6;
  return graced;
}

Stop RemoteGuest::FinalStop() const { return final_stop().value_or(Stop{StopReason::kClosed, 0, 0, Phase::kSync, ""}); }

void RemoteGuest::NoteSent(const ProgramForm& form) {
  ForEachMessage(form, [this](const value::Message& message) { handles_.Sent(message); });
}

void RemoteGuest::DropForm(const ProgramForm& form) {
  ForEachMessage(form, [this](const value::Message& message) { host_->GiveBackOf(message); });
}

void RemoteGuest::Refuse(uint64_t call_id, const ProgramForm& form, Outcome outcome) {
  DropForm(form);
  host_->CallSettled(call_id, std::move(outcome), nullptr);
}

CapacityFailure RemoteGuest::Congested(size_t waiting, size_t bytes) const {
  const size_t most = MostQueuedBytes(options_);
  if (waiting > 0 && waiting + bytes > most) return TooManyQueuedBytes(most, waiting + bytes);
  return {"Too many bytes of code and arguments are on their way to the process of this runtime",
          static_cast<double>(CellLink::kMostUnsent), static_cast<double>(link_->unsent() + bytes)};
}

void RemoteGuest::Start(uint64_t call_id, CallKind kind, const CallLimits& limits, std::unique_ptr<Program> program) {
  const size_t bytes = program->ByteSize();
  StartCall start{call_id, kind, limits, program->TakeForm()};
  if (link_->congested()) return Refuse(call_id, start.program, Congested(calls_.bytes(), bytes));
  auto call = std::make_shared<Call>(call_id, kind, WithGrace(limits));
  call->bytes = bytes;
  call->phase.store(Phase::kSync, std::memory_order_relaxed);
  switch (calls_.Add(call, {kMaxCalls, SIZE_MAX})) {
    case CallTable::Answer::kAdded:
      break;
    case CallTable::Answer::kShut:
      return Refuse(call_id, start.program, FinalStop());
    default:
      return Refuse(call_id, start.program, TooManyCalls(calls_.size()));
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ++calls_made_;
  }
  NoteSent(start.program);
  if (call->deadline != Watched::kNever) link_->Expect(call->deadline);
  Send(std::move(start));
}

Outcome RemoteGuest::RunNow(CallKind kind, uint64_t call_id, const CallLimits& limits, std::unique_ptr<Program> program,
                            TurnWaiter& waiter, const std::shared_ptr<ReplySlot>& inside, bool* leaves) {
  RunNowCall run{0, 0, call_id, kind, limits, program->TakeForm()};
  const auto* module = std::get_if<EvalModuleForm>(&run.program);
  const std::shared_ptr<std::atomic<bool>> module_waits = module != nullptr ? module->waits : nullptr;
  const Call call(call_id, kind, WithGrace(limits));
  std::optional<Stop> refused;
  // Its answer may be that of a call, and come before this thread hears of it.
  if (module_waits &&
      calls_.Add(std::make_shared<Call>(call_id, kind, WithGrace(limits)), {}) != CallTable::Answer::kAdded) {
    refused = FinalStop();
  }
  SyncWait wait{waiter, call_id};
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (final_) refused = final_;
    if (!refused) {
      ++calls_made_;
      run.ticket = next_ticket_++;
      sync_[run.ticket] = &wait;
      for (const auto& [id, slot] : slots_) {
        if (slot == inside) run.inside = id;
      }
    }
  }
  if (refused) {
    DropForm(run.program);
    return *std::move(refused);
  }
  const uint64_t ticket = run.ticket;
  NoteSent(run.program);
  Send(std::move(run));
  bool late = false;
  for (std::unique_lock<std::mutex> lock(mutex_); !wait.done;) {
    late = SteadyNow() >= call.deadline;
    if (late) {
      sync_[ticket] = nullptr;
      late_sync_.insert(ticket);
      break;
    }
    lock.unlock();
    if (waiter.Wait(call.deadline)) waiter.Serve();
    lock.lock();
  }
  if (late) {
    if (module_waits) {
      {
        // Its answer may come as that of a call, or not at all.
        std::lock_guard<std::mutex> lock(mutex_);
        given_up_[call_id] = Watched::kNever;
      }
      calls_.Take(call_id);
    }
    link_->Expect(SteadyNow());
    return call.TimedOut(StopReason::kWallTimeout);
  }
  if (module_waits) {
    module_waits->store(wait.waits, std::memory_order_release);
    if (!wait.waits) calls_.Take(call_id);
  }
  *leaves = wait.leaves;
  return std::move(wait.outcome);
}

bool RemoteGuest::waits() const {
  if (calls_.size() > 0) return true;
  std::lock_guard<std::mutex> lock(mutex_);
  return !sync_.empty() || !deferred_.empty() || !questions_.empty();
}

uint64_t RemoteGuest::calls_made() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return calls_made_;
}

bool RemoteGuest::busy_elsewhere(const std::shared_ptr<ReplySlot>& inside) const {
  if (inside) return false;
  if (calls_.size() > 0) return true;
  std::lock_guard<std::mutex> lock(mutex_);
  return !sync_.empty();
}

std::optional<CapacityFailure> RemoteGuest::RunWhenFree(std::unique_ptr<Program> program, const CallLimits& limits) {
  const size_t bytes = program->ByteSize();
  RunFree run{limits, program->TakeForm()};
  const size_t most = MostQueuedBytes(options_);
  std::optional<CapacityFailure> refused;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if ((deferred_bytes_ > 0 && deferred_bytes_ + bytes > most) || deferred_.size() >= kMaxCalls) {
      refused = TooManyQueuedBytes(most, deferred_bytes_ + bytes);
    } else if (link_->congested()) {
      refused = Congested(deferred_bytes_, bytes);
    } else {
      deferred_.push_back(bytes);
      deferred_bytes_ += bytes;
    }
  }
  if (refused) {
    DropForm(run.program);
    return refused;
  }
  NoteSent(run.program);
  Send(std::move(run));
  return std::nullopt;
}

template <typename Message>
bool RemoteGuest::Ask(Message message, Question* question) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (gone() || questions_.size() >= kMostQuestions) return false;
  const int64_t began = SteadyNow();
  const auto most = std::chrono::nanoseconds(kWaiting + (began - born_) / kShareOfTime - waited_);
  const uint64_t ticket = message.ticket = next_ticket_++;
  questions_[ticket] = question;
  lock.unlock();
  Send(std::move(message));
  lock.lock();
  const bool answered = question->changed.wait_for(lock, most, [question] { return question->done; });
  waited_ += SteadyNow() - began;
  if (answered) return true;
  auto found = questions_.find(ticket);
  if (found != questions_.end()) found->second = nullptr;
  return false;
}

Cancelled RemoteGuest::Cancel(uint64_t call_id, bool only_running) {
  if (only_running) {
    // Only the cell knows. What it does not say in time goes on, under its limits.
    if (!calls_.Find(call_id)) return Cancelled::kSettled;
    Question question;
    return Ask(CancelCall{0, call_id, true}, &question) ? question.was : Cancelled::kGoesOn;
  }
  bool waited_for;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto is_it = [call_id](const auto& one) { return one.second != nullptr && one.second->call_id == call_id; };
    waited_for = std::ranges::any_of(sync_, is_it);
  }
  // Who waits for it hears of its end from the cell.
  const bool given_up = !waited_for && calls_.Find(call_id) && GiveUp(call_id);
  if (!waited_for && !given_up) return Cancelled::kSettled;
  Send(CancelCall{0, call_id, false});
  if (given_up) host_->CallSettled(call_id, Stop{StopReason::kAborted, 0, 0, Phase::kSync, ""}, nullptr);
  return Cancelled::kRunning;
}

void RemoteGuest::SettleHostPromise(uint64_t promise_id, HostReply reply) {
  if (stopped_for_good()) return host_->PromiseTaken();
  if (link_->congested()) link_->Blame(CellEnd::Cause::kSilent, "the cell does not read");
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ++untaken_;
  }
  handles_.Sent(reply.value);
  handles_.SentError(reply.host_error);
  Send(SettlePromise{promise_id, std::move(reply)});
}

bool RemoteGuest::AnswerHere(uint64_t slot, HostReply* reply) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (slots_.erase(slot) == 0 || final_) return false;
  }
  if (slot == 0) return true;
  if (link_->congested()) link_->Blame(CellEnd::Cause::kSilent, "the cell does not read");
  handles_.Sent(reply->value);
  handles_.SentError(reply->host_error);
  Send(AnswerSlot{slot, std::move(*reply)});
  return true;
}

void RemoteGuest::LetGo(value::HandleKind kind, uint64_t id, uint64_t count) {
  handles_.LetGo(kind, id, count);
  if (!gone()) Send(LetGoHandles{kind, id, count});
}

void RemoteGuest::RequestCollection() {
  handles_.LookAnew();
  Send(CollectFunctions{});
}

void RemoteGuest::EventRead(size_t bytes) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!unread_events_.empty()) {
      unread_event_bytes_ -= unread_events_.front();
      unread_events_.pop_front();
    }
  }
  if (!gone()) Send(ReadEvent{bytes});
}

void RemoteGuest::AddModule(std::string url, ModuleSource source) {
  Send(AddModuleSource{std::move(url), std::move(source)});
}

void RemoteGuest::SetModuleHooks(bool resolver, bool loader) { Send(ModuleHooks{resolver, loader}); }

GuestNumbers RemoteGuest::numbers() {
  Question question;
  // What is not said in time is as it was.
  (void)Ask(AskNumbers{}, &question);
  std::lock_guard<std::mutex> lock(mutex_);
  GuestNumbers numbers = numbers_;
  numbers.calls.cpu_total += charged_;
  numbers.pending_calls = calls_.size();
  return numbers;
}

GuestUse RemoteGuest::use() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return {use_.cpu + charged_, use_.wall, use_.heap_used};
}

}  // namespace isolet::wire
