#include "binding/host/records.h"

#include <utility>

#include "binding/environment/record.h"
#include "binding/host/runtime_core.h"
#include "v8/strings.h"

namespace isolet {
namespace {

constexpr const char* kPhases[] = {"queued", "sync", "pending", "host"};
// By value::Failure::Kind.
constexpr const char* kReasons[] = {"threw", "unsupported", "depth", "bytes", "foreign", "released", "handles", "held"};
constexpr const char* kLevels[] = {"debug", "log", "info", "warn", "error", "trace"};

const std::string* Known(const std::string& text) { return text.empty() ? nullptr : &text; }

v8::Local<v8::Value> Frames(RuntimeCore& core, const std::vector<StackFrame>& frames) {
  v8::Local<v8::Array> array = v8::Array::New(core.isolate(), static_cast<int>(frames.size()));
  for (size_t i = 0; i < frames.size(); ++i) {
    Record record(core.isolate(), core.environment().context());
    record.SetOrNull("functionName", Known(frames[i].function_name))
        .SetOrNull("fileName", Known(frames[i].file_name))
        .SetOrNull("lineNumber", frames[i].line)
        .SetOrNull("columnNumber", frames[i].column);
    if (array->CreateDataProperty(core.environment().context(), static_cast<uint32_t>(i), record.object())
            .IsNothing()) {
      break;
    }
  }
  return array;
}

v8::Local<v8::Value> Thrown(RuntimeCore& core, GuestError& error) {
  if (error.host_error != 0) {
    v8::Local<v8::Value> host_error = core.errors().Find(core.isolate(), error.host_error);
    if (!host_error.IsEmpty()) {
      if (error.thrown) core.guest()->LetGoOf(*error.thrown);
      return host_error;
    }
  }
  v8::Local<v8::Value> value;
  v8::TryCatch catcher(core.isolate());
  if (error.thrown && core.crossing().Arrive(*error.thrown).ToLocal(&value)) return value;
  return v8::Undefined(core.isolate());
}

class RecordMaker {
 public:
  explicit RecordMaker(RuntimeCore& core)
      : core_(core), record_(core.isolate(), core.environment().context(), Record::kBare) {}

  void operator()(value::Message&) {}
  void operator()(value::Primitive&) {}

  void operator()(GuestError& error) {
    record_.Set("kind", "javascript")
        .SetOrNull("name", error.name ? &*error.name : nullptr)
        .Set("message", error.message)
        .SetOrNull("stack", error.stack ? &*error.stack : nullptr)
        .Set("frames", Frames(core_, error.frames))
        .Set("thrown", Thrown(core_, error));
  }

  void operator()(Stop& stop) {
    switch (stop.reason) {
      case StopReason::kWallTimeout:
      case StopReason::kCpuTimeout:
        record_.Set("kind", "timeout")
            .Set("clock", stop.reason == StopReason::kWallTimeout ? "wall" : "cpu")
            .Set("limit", stop.limit)
            .Set("phase", kPhases[static_cast<size_t>(stop.phase)]);
        break;
      case StopReason::kHeapLimit:
        record_.Set("kind", "heapLimit").Set("limit", stop.limit).Set("used", stop.used);
        break;
      case StopReason::kClosed:
        record_.Set("kind", "closed");
        break;
      case StopReason::kCellDied:
        record_.Set("kind", "cell").Set("reason", stop.detail);
        if (stop.limit > 0) record_.Set("limit", stop.limit).Set("used", stop.used);
        break;
      case StopReason::kAborted:
        record_.Set("kind", "aborted");
        break;
      case StopReason::kDropped:
        record_.Set("kind", "dropped");
        break;
      default:
        record_.Set("kind", "terminated").Set("reason", stop.detail);
    }
  }

  void operator()(value::Failure& failure) {
    record_.Set("kind", "transfer").Set("message", failure.what).Set("path", failure.path);
    record_.Set("reason", kReasons[static_cast<size_t>(failure.kind)]);
    if (failure.limit > 0) {
      record_.Set("limit", static_cast<double>(failure.limit)).Set("actual", static_cast<double>(failure.actual));
    }
  }

  void operator()(ModuleFailure& failure) {
    record_.Set("kind", "module")
        .Set("notFound", failure.not_found)
        .Set("message", failure.message)
        .Set("specifier", failure.specifier)
        .SetOrNull("referrer", Known(failure.referrer));
    v8::Local<v8::Value> cause;
    v8::TryCatch catcher(core_.isolate());
    if (failure.cause && core_.crossing().Arrive(*failure.cause).ToLocal(&cause)) record_.Set("cause", cause);
  }

  void operator()(NestingFailure& failure) {
    record_.Set("kind", "nesting").Set("limit", static_cast<double>(failure.limit));
  }

  void operator()(CapacityFailure& failure) {
    record_.Set("kind", "capacity")
        .Set("message", failure.message)
        .Set("limit", failure.limit)
        .Set("actual", failure.actual);
  }

  void operator()(SnapshotFailure& failure) { record_.Set("kind", "snapshot").Set("message", failure.message); }

  v8::Local<v8::Value> object() const { return record_.object(); }

 private:
  RuntimeCore& core_;
  Record record_;
};

std::string ReasonText(const Stop& stop) {
  switch (stop.reason) {
    case StopReason::kHeapLimit:
      return "heap limit";
    case StopReason::kClosed:
      return "closed";
    default:
      return stop.detail;
  }
}

}  // namespace

v8::MaybeLocal<v8::Value> MakeRecord(RuntimeCore& core, Outcome outcome) {
  RecordMaker maker(core);
  std::visit(maker, outcome);
  return maker.object();
}

v8::MaybeLocal<v8::Value> MakeConsoleEvent(RuntimeCore& core, ConsoleItem item) {
  Record record(core.isolate(), core.environment().context(), Record::kBare);
  if (auto* dropped = std::get_if<ConsoleDropped>(&item)) {
    record.Set("type", "consoleDropped").Set("lines", static_cast<double>(dropped->lines));
    return record.object();
  }
  auto& line = std::get<ConsoleLine>(item);
  value::Values values;
  if (!core.crossing().ArriveList(line.arguments, &values)) return {};
  record.Set("type", "console")
      .Set("callId", static_cast<double>(line.call_id))
      .Set("level", kLevels[static_cast<size_t>(line.level)])
      .Set("method", line.method)
      .Set("groupDepth", static_cast<double>(line.depth))
      .Set("stack", line.stack)
      .Set("args", v8::Array::New(core.isolate(), values.data(), values.size()).As<v8::Value>());
  return record.object();
}

v8::MaybeLocal<v8::Value> MakeEvent(RuntimeCore& core, GuestEvent event) {
  Record record(core.isolate(), core.environment().context(), Record::kBare);
  if (auto* rejection = std::get_if<UnhandledRejection>(&event)) {
    if (core.guest()) core.guest()->EventRead(rejection->bytes);
    v8::Local<v8::Value> error;
    if (!MakeRecord(core, std::move(rejection->error)).ToLocal(&error)) return {};
    record.Set("type", "unhandledRejection").Set("callId", static_cast<double>(rejection->call_id)).Set("error", error);
  } else if (auto* held = std::get_if<CallHeld>(&event)) {
    record.Set("type", "callHeld").Set("callId", static_cast<double>(held->call_id));
  } else if (auto* forgotten = std::get_if<CallForgotten>(&event)) {
    record.Set("type", "callForgotten").Set("callId", static_cast<double>(forgotten->call_id));
  } else if (auto* ended = std::get_if<Ended>(&event)) {
    if (ended->why.reason == StopReason::kClosed) return {};
    const bool with_cell = ended->why.reason == StopReason::kCellDied;
    record.Set("type", "terminated").Set("reason", ReasonText(ended->why));
    v8::Local<v8::Value> cell;
    if (with_cell && !MakeRecord(core, Outcome(std::move(ended->why))).ToLocal(&cell)) return {};
    if (with_cell) record.Set("cell", cell);
  } else {
    record.Set("type", "fatal").Set("message", std::get<Fatal>(event).message);
  }
  return record.object();
}

}  // namespace isolet
