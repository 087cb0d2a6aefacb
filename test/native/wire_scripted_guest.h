// Guests without an engine, for a cell to serve: they do what the text of their script says.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "calls/console_lines.h"
#include "calls/program.h"
#include "wire/guest_maker.h"
#include "wire_noting_host.h"

namespace isolet::test {

class FormProgram final : public Program {
 public:
  explicit FormProgram(ProgramForm form) : form_(std::move(form)) {}
  v8::MaybeLocal<v8::Value> Run(const IsolateLock&) override { return {}; }
  ProgramForm TakeForm() override { return std::move(form_); }
  size_t ByteSize() const override { return 100; }

 private:
  ProgramForm form_;
};

inline std::unique_ptr<Program> Script(const std::string& code) {
  return std::make_unique<FormProgram>(ScriptForm{{code, ""}, true, KeepCode::kNever});
}

// A guest without an engine.
class ScriptedGuest final : public GuestPort, public std::enable_shared_from_this<ScriptedGuest> {
 public:
  ScriptedGuest(GuestOptions options, std::shared_ptr<Host> host)
      : options_(std::move(options)), host_(std::move(host)) {}
  ~ScriptedGuest() override {
    for (const std::shared_ptr<ReplySlot>& slot : slots_) slot->Interrupt();
    for (std::thread& thread : threads_) thread.join();
  }

  Guest* in_place() override { return nullptr; }
  void Start(uint64_t id, CallKind, const CallLimits&, std::unique_ptr<Program> program) override {
    ProgramForm form = program->TakeForm();
    {
      std::lock_guard<std::mutex> lock(mutex_);
      open_.insert(id);
    }
    if (auto* call = std::get_if<CallForm>(&form)) return Settle(id, std::move(call->values));
    if (auto* plain = std::get_if<PlainCallForm>(&form)) return Settle(id, plain->arguments[0]);
    const std::string code = std::get<ScriptForm>(form).source.code;
    if (code.starts_with("echo ")) return Settle(id, MessageOf(code.substr(5)));
    if (code.starts_with("log ")) {
      ConsoleLine line;
      line.arguments = MessageOf(code.substr(4));
      bool news = false;
      console_.Queue(&line, &news);
      if (news) host_->PostEvent(ConsoleNews{});
      return Settle(id, MessageOf("logged"));
    }
    if (code == "later") {
      std::lock_guard<std::mutex> lock(mutex_);
      const uint64_t promise = kFirstPromise + next_++;
      waiting_[promise] = id;
      host_->PostHostCall({1, id, HostCallMode::kAsync, MessageOf("arguments"), nullptr, promise, NewOpen(9)});
      return;
    }
    if (code == "ask") {
      std::lock_guard<std::mutex> lock(mutex_);
      threads_.emplace_back([this, id] { Settle(id, AskHost(id)); });
      return;
    }
    if (code == "give") {
      value::Message message = MessageOf("given");
      message.handles.push_back({value::HandleKind::kGuestFunction, 0, 1, "f", 1});
      message.handles.push_back({value::HandleKind::kGuestPromise, 0, 1, "", 0});
      return Settle(id, std::move(message));
    }
    if (code == "settle") {
      host_->GuestPromiseSettled(1, MessageOf("settled"), nullptr);
      return Settle(id, MessageOf("done"));
    }
    if (code == "count") {
      auto in_flight = std::make_unique<InFlight>(unread, 1000);
      std::lock_guard<std::mutex> lock(mutex_);
      open_.erase(id);
      host_->CallSettled(id, MessageOf(std::string(1000, 'x')), std::move(in_flight));
      return;
    }
    // "wait", "silent"
    std::lock_guard<std::mutex> lock(mutex_);
    silent_ |= code == "silent";
  }
  Outcome RunNow(CallKind, uint64_t id, const CallLimits&, std::unique_ptr<Program> program, TurnWaiter& waiter,
                 const std::shared_ptr<ReplySlot>& inside, bool* leaves) override {
    ProgramForm form = program->TakeForm();
    if (auto* module = std::get_if<EvalModuleForm>(&form)) {
      // The answer comes as that of a call, before anybody hears that it will.
      module->waits->store(true);
      host_->CallSettled(id, MessageOf("exports"), nullptr);
      return value::Primitive{};
    }
    const std::string code = std::get<ScriptForm>(form).source.code;
    if (code == "ask") return AskHost(id);
    if (code == "inside") return MessageOf(inside ? "inside" : "outside");
    if (code == "hang") {
      while (!stopped_for_good()) waiter.Wait(SteadyNow() + 1'000'000);
      return *final_stop();
    }
    *leaves = code == "leaves";
    return MessageOf("now " + code);
  }
  bool busy_elsewhere(const std::shared_ptr<ReplySlot>&) const override { return false; }
  std::optional<CapacityFailure> RunWhenFree(std::unique_ptr<Program>, const CallLimits&) override {
    ++deferred;
    return std::nullopt;
  }
  Cancelled Cancel(uint64_t id, bool only_running) override {
    if (only_running) return Cancelled::kGoesOn;
    if (!silent_) Settle(id, Stop{StopReason::kAborted, 0, 0, Phase::kSync, ""});
    return Cancelled::kWaiting;
  }
  void SettleHostPromise(uint64_t id, HostReply reply) override {
    uint64_t call = 0;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      call = std::exchange(waiting_[id], 0);
    }
    host_->PromiseTaken();
    if (call != 0) Settle(call, std::move(reply.value));
  }
  void LetGo(value::HandleKind, uint64_t id, uint64_t count) override {
    std::lock_guard<std::mutex> lock(mutex_);
    let_go_[id] += count;
  }
  void RequestCollection() override { ++collections; }
  size_t functions_arrived() const override { return 0; }
  std::optional<ConsoleItem> NextLine() override { return console_.Next(); }
  void EventRead(size_t) override {}
  void AddModule(std::string url, ModuleSource) override {
    std::lock_guard<std::mutex> lock(mutex_);
    modules_.insert(std::move(url));
  }
  void SetModuleHooks(bool, bool) override {}
  void Terminate(std::string reason) override { End({StopReason::kTerminated, 0, 0, Phase::kSync, std::move(reason)}); }
  void Close() override { End({StopReason::kClosed, 0, 0, Phase::kSync, ""}); }
  State state() const override { return State::kOpen; }
  bool gone() const override { return false; }
  std::optional<Stop> final_stop() const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return final_;
  }
  bool stopped_for_good() const override { return final_stop().has_value(); }
  const GuestOptions& options() const override { return options_; }
  GuestNumbers numbers() override {
    GuestNumbers numbers;
    numbers.heap.used = 1234;
    return numbers;
  }
  GuestUse use() const override { return {10, 20, 30}; }

  void Settle(uint64_t id, Outcome outcome) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (open_.erase(id) == 0) return;
    }
    host_->CallSettled(id, std::move(outcome), nullptr);
  }
  uint64_t let_go(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    return let_go_[id];
  }
  bool has_module(const std::string& url) {
    std::lock_guard<std::mutex> lock(mutex_);
    return modules_.contains(url);
  }
  Host& host() { return *host_; }

  std::atomic<int> collections{0}, deferred{0};
  const std::shared_ptr<std::atomic<size_t>> unread = std::make_shared<std::atomic<size_t>>(0);
  const std::shared_ptr<std::atomic<size_t>> open_calls = std::make_shared<std::atomic<size_t>>(0);

 private:
  static constexpr uint64_t kFirstPromise = uint64_t{1} << 52;

  std::unique_ptr<OpenCall> NewOpen(size_t bytes) const {
    return std::make_unique<OpenCall>(open_calls, std::make_shared<std::atomic<size_t>>(0), bytes);
  }
  Outcome AskHost(uint64_t id) {
    auto slot = std::make_shared<ReplySlot>();
    {
      std::lock_guard<std::mutex> lock(mutex_);
      slots_.push_back(slot);
    }
    host_->PostHostCall({1, id, HostCallMode::kAuto, MessageOf("arguments"), slot, 0, NewOpen(9)});
    auto next = slot->Wait();
    auto* reply = std::get_if<HostReply>(&next);
    return reply == nullptr ? MessageOf("nothing") : std::move(reply->value);
  }
  void End(Stop stop) {
    std::set<uint64_t> open;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (final_ || silent_) return;
      final_ = stop;
      open.swap(open_);
      for (const std::shared_ptr<ReplySlot>& slot : slots_) slot->Interrupt();
    }
    for (uint64_t id : open) host_->CallSettled(id, stop, nullptr);
    host_->PostEvent(Ended{stop});
    host_->IsolateGone();
  }

  const GuestOptions options_;
  const std::shared_ptr<Host> host_;
  ConsoleLines console_;
  mutable std::mutex mutex_;
  std::optional<Stop> final_;
  std::set<uint64_t> open_;
  std::map<uint64_t, uint64_t> waiting_, let_go_;
  std::set<std::string> modules_;
  std::vector<std::thread> threads_;
  std::vector<std::shared_ptr<ReplySlot>> slots_;
  uint64_t next_ = 0;
  bool silent_ = false;
};

class ScriptedMaker final : public wire::GuestMaker {
 public:
  std::optional<CapacityFailure> Prepare() override { return std::nullopt; }
  std::optional<GuestPort::Made> Make(GuestOptions options, std::shared_ptr<Host> host) override {
    if (options.max_timers == 99) return Outcome(CapacityFailure{"refused", 1, 2});
    auto guest = std::make_shared<ScriptedGuest>(std::move(options), std::move(host));
    std::lock_guard<std::mutex> lock(mutex);
    guests.push_back(guest);
    return std::shared_ptr<GuestPort>(guest);
  }
  std::unique_ptr<Program> ToProgram(ProgramForm form) override { return std::make_unique<FormProgram>(std::move(form)); }

  std::mutex mutex;
  std::vector<std::shared_ptr<ScriptedGuest>> guests;
};

}  // namespace isolet::test
