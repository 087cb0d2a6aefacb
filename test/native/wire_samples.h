// One of every message of the wire, with something in every field.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "wire/frames.h"

namespace isolet::test {

inline value::Message SampleMessage(size_t size = 5) {
  value::Message message;
  const std::string text(size, 'm');
  message.bytes = value::Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  return message;
}

inline value::Message MessageWithAll() {
  value::Message message = SampleMessage();
  message.stores.push_back(value::NewStore(3));
  message.stores.push_back(nullptr);
  message.stores.push_back(v8::ArrayBuffer::NewResizableBackingStore(2, 70'000));
  message.handles.push_back({value::HandleKind::kGuestFunction, 0, 7, "näme", 2});
  message.handles.push_back({value::HandleKind::kHostFunction, 2, 9, "", 0});
  message.handles.push_back({value::HandleKind::kGuestPromise, 0, 3, "", 0});
  return message;
}

inline Stop SampleStop() { return {StopReason::kTerminated, 1.5, 2.5, Phase::kHost, "why"}; }

inline std::vector<Outcome> SampleOutcomes() {
  std::vector<Outcome> outcomes;
  outcomes.emplace_back(MessageWithAll());
  outcomes.emplace_back(value::Primitive{value::Primitive::Kind::kNumber, -0.5});
  outcomes.emplace_back(value::Primitive{value::Primitive::Kind::kTrue});
  GuestError error;
  error.name = "TypeError";
  error.message = "message";
  error.stack = "stack\n at x";
  error.frames = {{"f", "file.js", 3, 4}, {"", "", 0, 0}};
  error.thrown = MessageWithAll();
  error.host_error = 12;
  outcomes.emplace_back(std::move(error));
  outcomes.emplace_back(GuestError{});
  outcomes.emplace_back(SampleStop());
  value::Failure failure;
  failure.kind = value::Failure::Kind::kHeld;
  failure.what = "what";
  failure.path = "a.b[1]";
  failure.limit = 3;
  failure.actual = 4;
  outcomes.emplace_back(std::move(failure));
  ModuleFailure module{true, "message", "./x.js", "main.js", MessageWithAll()};
  outcomes.emplace_back(std::move(module));
  outcomes.emplace_back(NestingFailure{32});
  outcomes.emplace_back(CapacityFailure{"too many", 1, 2});
  outcomes.emplace_back(SnapshotFailure{"damaged"});
  return outcomes;
}

inline std::vector<ProgramForm> SamplePrograms() {
  std::vector<ProgramForm> forms;
  const Source source{"1 + 1", "file.js"};
  forms.emplace_back(ScriptForm{source, false, KeepCode::kAnew});
  forms.emplace_back(KeepCodeForm{source, true});
  forms.emplace_back(AddLateForm{});
  forms.emplace_back(CallForm{5, MessageWithAll()});
  PlainCallForm plain{6, {}};
  plain.arguments.Add(value::Primitive{value::Primitive::Kind::kNull});
  plain.arguments.Add(value::Primitive{value::Primitive::Kind::kNumber, 3});
  forms.emplace_back(plain);
  forms.emplace_back(WrappedScriptForm{7, MessageWithAll(), ScriptForm{source, true, KeepCode::kNever}});
  forms.emplace_back(SetGlobalForm{"name", MessageWithAll(), true});
  forms.emplace_back(DeleteGlobalForm{"name"});
  forms.emplace_back(EvalModuleForm{8, "./main.js", std::make_shared<std::atomic<bool>>(false)});
  forms.emplace_back(EvalModuleForm{8, "./main.js", nullptr});
  forms.emplace_back(EvalModuleAsyncForm{9, "./main.js"});
  return forms;
}

inline GuestOptions SampleOptions() {
  GuestOptions options;
  options.max_heap_size = 5 << 20;
  options.initial_heap_size = 1 << 20;
  options.in_snapshot = {3, true, false};
  options.late_web = options.console = true;
  options.code_generation_wasm = false;
  options.max_timers = 77;
  options.streams = "program";
  options.web = {true, 1.5, "{}"};
  options.transfer = {50, 1 << 20};
  options.default_limits = {1, 2, 3, 4};
  options.max_held_handles = 100;
  options.max_open_host_call_bytes = 1 << 16;
  options.move_results = true;
  return options;
}

inline std::vector<wire::ToCell> SamplesToCell() {
  std::vector<wire::ToCell> all;
  const CallLimits limits{10, 20, 30, 40};
  all.emplace_back(wire::KeepSnapshot{3, {'a', 'b', 'c'}});
  all.emplace_back(wire::Ping{8});
  all.emplace_back(wire::SetTimeZone{"Asia/Tokyo"});
  all.emplace_back(wire::CreateGuest{SampleOptions(), 3});
  for (ProgramForm& form : SamplePrograms()) {
    all.emplace_back(wire::StartCall{1, CallKind::kEvalAsync, limits, std::move(form)});
  }
  for (ProgramForm& form : SamplePrograms()) {
    all.emplace_back(wire::RunNowCall{4, 5, 6, CallKind::kCall, limits, std::move(form)});
  }
  all.emplace_back(wire::RunFree{limits, SetGlobalForm{"x", SampleMessage(), false}});
  all.emplace_back(wire::CancelCall{1, 2, true});
  all.emplace_back(wire::SettlePromise{3, HostReply{true, MessageWithAll(), 9}});
  all.emplace_back(wire::AnswerSlot{3, HostReply{false, MessageWithAll(), 0}});
  all.emplace_back(wire::LetGoHandles{value::HandleKind::kGuestPromise, 4, 1});
  all.emplace_back(wire::CollectFunctions{});
  all.emplace_back(wire::AddModuleSource{"url", {ModuleType::kWasm, std::string("\0asm", 4)}});
  all.emplace_back(wire::ModuleHooks{true, false});
  all.emplace_back(wire::ReadEvent{44});
  all.emplace_back(wire::AskNumbers{5});
  all.emplace_back(wire::Acknowledge{});
  all.emplace_back(wire::TerminateGuest{"reason"});
  all.emplace_back(wire::CloseGuest{});
  return all;
}

inline std::vector<wire::FromCell> SamplesFromCell() {
  std::vector<wire::FromCell> all;
  const GuestUse use{100, 200, 300};
  all.emplace_back(wire::Created{});
  all.emplace_back(wire::CreateFailed{CapacityFailure{"no", 1, 2}});
  all.emplace_back(wire::Pong{8});
  for (Outcome& outcome : SampleOutcomes()) all.emplace_back(wire::SettledCall{1, true, use, std::move(outcome)});
  for (Outcome& outcome : SampleOutcomes()) all.emplace_back(wire::RanNow{1, true, false, use, std::move(outcome)});
  all.emplace_back(wire::FreeRan{});
  all.emplace_back(wire::WasCancelled{2, Cancelled::kGoesOn});
  all.emplace_back(wire::SettledPromise{3, false, SampleMessage()});
  all.emplace_back(wire::FailedPromises{{1, 2, 3}, SampleStop()});
  all.emplace_back(wire::AskedHost{2, 3, HostCallMode::kSync, 4, 0, MessageWithAll()});
  all.emplace_back(wire::AskedHost{2, 3, HostCallMode::kAsync, 0, (uint64_t{1} << 52) + 1, MessageWithAll()});
  all.emplace_back(wire::AskedCollection{6});
  all.emplace_back(wire::ReleasedExport{7, 8});
  all.emplace_back(wire::TookPromise{});
  wire::Numbers numbers{9, {}};
  numbers.numbers.heap = {1, 2, 3, 4, 5, 6};
  numbers.numbers.calls.last_kind = 3;
  numbers.numbers.calls.calls = {1, 2, 3};
  numbers.numbers.held_handles = 8;
  all.emplace_back(numbers);
  all.emplace_back(wire::GuestGone{numbers.numbers});
  ConsoleLine line;
  line.level = ConsoleLine::Level::kTrace;
  line.method = "trace";
  line.depth = 2;
  line.stack = "at x";
  line.arguments = MessageWithAll();
  line.call_id = 5;
  all.emplace_back(std::move(line));
  all.emplace_back(ConsoleDropped{6});
  all.emplace_back(UnhandledRejection{7, SampleStop(), 8});
  all.emplace_back(CallHeld{9});
  all.emplace_back(CallForgotten{10});
  all.emplace_back(Ended{SampleStop()});
  all.emplace_back(Fatal{"fatal"});
  return all;
}

}  // namespace isolet::test
