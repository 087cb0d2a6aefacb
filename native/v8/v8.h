// The single include site for V8. Every difference between the supported V8 versions (Node 20: 11.3, Node 22: 12.4,
// Node 24: 13.6, Node 26: 14.6) is a function in this header, so that no other file asks for a version.
//
// Any thread may include it; the functions need the isolate's lock like the V8 calls they stand for.
#pragma once

#include <v8.h>

#define ISOLET_V8_AT_LEAST(major, minor) \
  (V8_MAJOR_VERSION > (major) || (V8_MAJOR_VERSION == (major) && V8_MINOR_VERSION >= (minor)))

#include <v8-platform.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

namespace isolet {

// How many isolates a process may make in its life. V8 13 (Node 24) leaves 27 entries of a table of 16.7 million, which
// the process has once, behind with each (those of worker threads too), and stops the process when the table is full;
// V8 14 gives them back.
#if ISOLET_V8_AT_LEAST(13, 0) && !ISOLET_V8_AT_LEAST(14, 0)
inline constexpr size_t kMostIsolatesMade = 500'000;
#else
inline constexpr size_t kMostIsolatesMade = SIZE_MAX;
#endif

// Memory mappings of the process that a WebAssembly module takes.
#if ISOLET_V8_AT_LEAST(12, 0)
inline constexpr size_t kMappingsOfWasmModule = 0;
#else
inline constexpr size_t kMappingsOfWasmModule = 1;
#endif

// V8 counts WebAssembly memories as memory outside the heap.
inline constexpr bool kCountsWasmMemory = !ISOLET_V8_AT_LEAST(14, 0);

// V8's task runner interface took on source locations between the versions; this is what it comes to.
class TaskRunnerBase : public v8::TaskRunner {
 public:
  // Any thread.
  virtual void Post(std::unique_ptr<v8::Task> task) = 0;
  virtual void PostLater(std::unique_ptr<v8::Task> task, double delay_seconds) = 0;

  bool IdleTasksEnabled() override { return false; }
  bool NonNestableTasksEnabled() const override { return true; }
  bool NonNestableDelayedTasksEnabled() const override { return true; }

#if ISOLET_V8_AT_LEAST(12, 0)

 protected:
  void PostTaskImpl(std::unique_ptr<v8::Task> task, const v8::SourceLocation&) override { Post(std::move(task)); }
  void PostNonNestableTaskImpl(std::unique_ptr<v8::Task> task, const v8::SourceLocation&) override {
    Post(std::move(task));
  }
  void PostDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay, const v8::SourceLocation&) override {
    PostLater(std::move(task), delay);
  }
  void PostNonNestableDelayedTaskImpl(std::unique_ptr<v8::Task> task, double delay,
                                      const v8::SourceLocation&) override {
    PostLater(std::move(task), delay);
  }
  void PostIdleTaskImpl(std::unique_ptr<v8::IdleTask>, const v8::SourceLocation&) override {}
#else
  void PostTask(std::unique_ptr<v8::Task> task) override { Post(std::move(task)); }
  void PostNonNestableTask(std::unique_ptr<v8::Task> task) override { Post(std::move(task)); }
  void PostDelayedTask(std::unique_ptr<v8::Task> task, double delay) override { PostLater(std::move(task), delay); }
  void PostNonNestableDelayedTask(std::unique_ptr<v8::Task> task, double delay) override {
    PostLater(std::move(task), delay);
  }
  void PostIdleTask(std::unique_ptr<v8::IdleTask>) override {}
#endif
};

// The value that V8 carries along promise reactions: we keep the id of the call that is running in it.
inline void SetContinuationValue(v8::Local<v8::Context> context, v8::Local<v8::Value> value) {
#if ISOLET_V8_AT_LEAST(14, 0)
  v8::Isolate::GetCurrent()->SetContinuationPreservedEmbedderDataV2(value);
#elif ISOLET_V8_AT_LEAST(12, 0)
  v8::Isolate::GetCurrent()->SetContinuationPreservedEmbedderData(value);
#else
  context->SetContinuationPreservedEmbedderData(value);
#endif
}

inline void RestoreContinuationValue(v8::Local<v8::Context> context, v8::Local<v8::Data> data) {
  if (!data.IsEmpty() && data->IsValue()) SetContinuationValue(context, data.As<v8::Value>());
}

inline v8::Local<v8::Data> GetContinuationValue(v8::Local<v8::Context> context) {
#if ISOLET_V8_AT_LEAST(14, 0)
  return v8::Isolate::GetCurrent()->GetContinuationPreservedEmbedderDataV2();
#elif ISOLET_V8_AT_LEAST(12, 0)
  return v8::Isolate::GetCurrent()->GetContinuationPreservedEmbedderData();
#else
  return context->GetContinuationPreservedEmbedderData();
#endif
}

// Where the object is (with V8's tag in the lowest bit), until the next garbage collection.
inline uintptr_t AddressOf(v8::Local<v8::Data> object) {
#if defined(V8_ENABLE_DIRECT_HANDLE)
  return reinterpret_cast<uintptr_t>(*object);
#else
  return *reinterpret_cast<uintptr_t*>(*object);
#endif
}

// What is there. The address may be stale once V8 has allocated anything.
template <typename Kind>
v8::Local<Kind> LocalAt(v8::Isolate* isolate, uintptr_t address) {
  struct Handles : v8::HandleScope {
#if ISOLET_V8_AT_LEAST(14, 0)
    static uintptr_t* New(v8::Isolate* isolate, uintptr_t address) { return CreateHandle(isolate, address); }
#else
    static uintptr_t* New(v8::Isolate* isolate, uintptr_t address) {
      return CreateHandle(reinterpret_cast<v8::internal::Isolate*>(isolate), address);
    }
#endif
  };
#if defined(V8_ENABLE_DIRECT_HANDLE)
  const uintptr_t slot = address;
#else
  uintptr_t* const slot = Handles::New(isolate, address);
#endif
  v8::Local<Kind> local;
  static_assert(sizeof(local) == sizeof(slot));
  std::memcpy(static_cast<void*>(&local), &slot, sizeof(slot));
  return local;
}

// Copies the first `length` UTF-16 units of a string.
inline void CopyTwoByte(v8::Isolate* isolate, v8::Local<v8::String> string, uint16_t* out, uint32_t length) {
#if ISOLET_V8_AT_LEAST(13, 0)
  string->WriteV2(isolate, 0, length, out);
#else
  string->Write(isolate, out, 0, static_cast<int>(length), v8::String::NO_NULL_TERMINATION);
#endif
}

inline void CopyOneByte(v8::Isolate* isolate, v8::Local<v8::String> string, uint8_t* out, uint32_t length) {
#if ISOLET_V8_AT_LEAST(13, 0)
  string->WriteOneByteV2(isolate, 0, length, out);
#else
  string->WriteOneByte(isolate, out, 0, static_cast<int>(length), v8::String::NO_NULL_TERMINATION);
#endif
}

// All of a string as UTF-8. A lone surrogate becomes the three bytes its number would have (WTF-8).
inline std::string CopyUtf8(v8::Isolate* isolate, v8::Local<v8::String> string) {
#if ISOLET_V8_AT_LEAST(13, 0)
  std::string out(string->Utf8LengthV2(isolate), '\0');
  out.resize(string->WriteUtf8V2(isolate, out.data(), out.size()));
#else
  std::string out(static_cast<size_t>(string->Utf8Length(isolate)), '\0');
  const int written =
      string->WriteUtf8(isolate, out.data(), static_cast<int>(out.size()), nullptr, v8::String::NO_NULL_TERMINATION);
  out.resize(static_cast<size_t>(written));
#endif
  return out;
}

inline v8::Local<v8::Value> PrototypeOf(v8::Local<v8::Object> object) {
#if ISOLET_V8_AT_LEAST(13, 0)
  return object->GetPrototypeV2();
#else
  return object->GetPrototype();
#endif
}

inline v8::Maybe<bool> SetPrototypeOf(v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                                      v8::Local<v8::Value> prototype) {
#if ISOLET_V8_AT_LEAST(13, 0)
  return object->SetPrototypeV2(context, prototype);
#else
  return object->SetPrototype(context, prototype);
#endif
}

inline bool IsResizable(v8::Local<v8::ArrayBuffer> buffer) {
#if ISOLET_V8_AT_LEAST(12, 0)
  return buffer->IsResizableByUserJavaScript();
#else
  return buffer->GetBackingStore()->IsResizableByUserJavaScript();
#endif
}

// Whether V8 has WebAssembly memories with 64-bit addresses, whose sizes are BigInts.
#if ISOLET_V8_AT_LEAST(13, 6)
inline constexpr bool kHasLongMemories = true;
#else
inline constexpr bool kHasLongMemories = false;
#endif

// The number an object stands for; a BigInt among them where V8 has memories with 64-bit addresses.
inline v8::MaybeLocal<v8::Value> ToNumeric(v8::Local<v8::Context> context, v8::Local<v8::Value> value) {
#if ISOLET_V8_AT_LEAST(13, 6)
  v8::Local<v8::Numeric> number;
  if (!value->ToNumeric(context).ToLocal(&number)) return {};
#else
  v8::Local<v8::Number> number;
  if (!value->ToNumber(context).ToLocal(&number)) return {};
#endif
  return number;
}

inline bool IsFloat16Array(v8::Local<v8::Value> value) {
#if ISOLET_V8_AT_LEAST(13, 6)
  return value->IsFloat16Array();
#else
  return false;
#endif
}

// Empty where V8 has no Float16Array. (12.4 has it behind a flag, and ends the process when asked without.)
inline v8::Local<v8::Value> NewFloat16Array(v8::Local<v8::ArrayBuffer> buffer, size_t offset, size_t length) {
#if ISOLET_V8_AT_LEAST(13, 6)
  return v8::Float16Array::New(buffer, offset, length);
#else
  return {};
#endif
}

// Empty where V8 has no such symbol.
inline v8::Local<v8::Symbol> DisposeSymbol(v8::Isolate* isolate) {
#if ISOLET_V8_AT_LEAST(13, 0)
  return v8::Symbol::GetDispose(isolate);
#else
  return {};
#endif
}

inline v8::Local<v8::Symbol> AsyncDisposeSymbol(v8::Isolate* isolate) {
#if ISOLET_V8_AT_LEAST(13, 0)
  return v8::Symbol::GetAsyncDispose(isolate);
#else
  return {};
#endif
}

// Made by a literal, `new Object` or a class that extends nothing: none of the kinds V8 has a type of its own for. One
// comparison instead of twenty questions.
inline bool IsOrdinaryObject(v8::Local<v8::Object> object) {
  using v8::internal::Internals;
  return Internals::GetInstanceType(v8::internal::ValueHelper::ValueAsAddress(*object)) == Internals::kJSObjectType;
}

// V8 before 12 restores a snapshot that was made in a Node process wrongly and without any error: references into its
// read-only heap come out permuted. There we do not even try.
inline constexpr bool kSnapshotsRestore = ISOLET_V8_AT_LEAST(12, 0);

// For the whole process, before the first isolate of ours. Code that says `"use asm"` runs as the JavaScript it is:
// translated to WebAssembly its functions would be types of the whole process that nobody counts (wasm/types.h).
inline void RunAsmAsJavaScript() { v8::V8::SetFlagsFromString("--no-validate-asm"); }

// Likewise. V8 13 and later unroll loops in optimized code and drop the
// stack check of the loop around one they could count, even when that one never ends: TerminateExecution does not reach
// `for (;;) x = new Array(1000)` then, nor does Worker.terminate. Host code loses the optimization as well.
inline void KeepLoopsInterruptible() {
#if ISOLET_V8_AT_LEAST(13, 0)
  v8::V8::SetFlagsFromString("--no-turboshaft-loop-unrolling");
#endif
}

// Initializes and enters `isolate`, on this thread until the creator is destroyed; whoever allocated it disposes it.
inline std::unique_ptr<v8::SnapshotCreator> MakeSnapshotCreator(v8::Isolate* isolate,
                                                                const v8::Isolate::CreateParams& params) {
#if ISOLET_V8_AT_LEAST(12, 0)
  return std::make_unique<v8::SnapshotCreator>(isolate, params);
#else
  v8::Isolate::Initialize(isolate, params);
  return nullptr;
#endif
}

inline v8::ScriptOrigin MakeOrigin(v8::Isolate* isolate, v8::Local<v8::Value> name, bool is_module = false) {
#if ISOLET_V8_AT_LEAST(12, 0)
  (void)isolate;
  return v8::ScriptOrigin(name, 0, 0, false, -1, v8::Local<v8::Value>(), false, false, is_module);
#else
  return v8::ScriptOrigin(isolate, name, 0, 0, false, -1, v8::Local<v8::Value>(), false, false, is_module);
#endif
}

// --- Modules ---

inline int FixedLength(v8::Local<v8::Context> context, v8::Local<v8::FixedArray> array) {
  (void)context;
  return array->Length();
}

inline v8::Local<v8::Data> FixedAt(v8::Local<v8::Context> context, v8::Local<v8::FixedArray> array, int index) {
#if ISOLET_V8_AT_LEAST(14, 0)
  (void)context;
  return array->Get(index);
#else
  return array->Get(context, index);
#endif
}

inline v8::Local<v8::FixedArray> AttributesOf(v8::Local<v8::ModuleRequest> request) {
#if ISOLET_V8_AT_LEAST(12, 0)
  return request->GetImportAttributes();
#else
  return request->GetImportAssertions();
#endif
}

inline bool IsEvaluationPhase(v8::Local<v8::ModuleRequest> request) {
#if ISOLET_V8_AT_LEAST(13, 6)
  return request->GetPhase() == v8::ModuleImportPhase::kEvaluation;
#else
  (void)request;
  return true;
#endif
}

// Calls `take(element)` for the elements from the start until it answers false; returns how many it took. `take` must
// not allocate in V8 nor keep the element. Takes none where V8 has no such loop. Nothing: an exception is pending.
template <typename Take>
v8::Maybe<uint32_t> TakeElements(v8::Local<v8::Context> context, v8::Local<v8::Array> array, Take take) {
#if ISOLET_V8_AT_LEAST(12, 0)
  struct State {
    Take* take;
    uint32_t taken;
  } state = {&take, 0};
  const auto step = [](uint32_t index, v8::Local<v8::Value> element, void* data) {
    auto* at = static_cast<State*>(data);
    // Some kinds of arrays leave out their holes.
    if (index != at->taken || !(*at->take)(element)) return v8::Array::CallbackResult::kBreak;
    at->taken++;
    return v8::Array::CallbackResult::kContinue;
  };
  if (array->Iterate(context, step, &state).IsNothing()) return v8::Nothing<uint32_t>();
  return v8::Just(state.taken);
#else
  return v8::Just(uint32_t{0});
#endif
}

}  // namespace isolet
