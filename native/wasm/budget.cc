#include "wasm/budget.h"

#include <algorithm>
#include <string>

#include "calls/guest_options.h"
#include "calls/parts.h"
#include "memory_use/array_buffer_allocator.h"
#include "memory_use/mappings.h"
#include "v8/strings.h"
#include "wasm/ceilings.h"
#include "wasm/facts.h"
#include "wasm/guard.h"
#include "wasm/memories.h"

namespace isolet {
namespace {

// V8 keeps the binary, and about as much again of what it knows about it; and pages for code, however short that is.
constexpr size_t kBytesPerByte = 2;
constexpr size_t kBytesPerModule = size_t{20} << 10;

// V8 optimizes a function on threads of the process that no limit of a guest reaches, with up to some thousand bytes of
// memory for each of its own: a function may be as large as that fits the guest's limit.
constexpr size_t kLeastBody = size_t{64} << 10;
constexpr size_t kLimitPerBodyByte = 512;

// Of the guest's limit, for a memory that neither V8 nor we can see.
constexpr size_t kUnseenShare = 4;

size_t CostOf(size_t length) { return kBytesPerModule + length * kBytesPerByte; }

v8::Local<v8::Value> CompileError(v8::Isolate* isolate, const std::string& text) {
  return v8::Exception::WasmCompileError(Name(isolate, text.c_str()));
}

}  // namespace

v8::MaybeLocal<v8::Value> WasmBudget::Refusal(v8::Isolate* isolate, const WasmFacts& facts) {
  if (facts.declares_shared_memory) return CompileError(isolate, kSharedMemoryRefused);
  if (facts.types > WasmTypes::kMostInModule) {
    return CompileError(isolate, "a module may declare at most " + std::to_string(WasmTypes::kMostInModule) +
                                     " types here, this one declares " + std::to_string(facts.types));
  }
  const size_t limit = parts_.options().max_heap_size;
  const size_t most = std::max(kLeastBody, limit / kLimitPerBodyByte);
  if (limit != 0 && facts.largest_body > most) {
    return CompileError(isolate, "a function of a module may have at most " + std::to_string(most) +
                                     " bytes with this maxHeapSize, one has " + std::to_string(facts.largest_body));
  }
  if (const char* refused = WasmTypes::Get().Admit(facts.entries, &types_)) return CompileError(isolate, refused);
  return {};
}

v8::Maybe<bool> WasmBudget::LookAt(v8::Local<v8::Context> context, const uint8_t* bytes, size_t length, Look* look) {
  WasmFacts facts = ReadWasmFacts(bytes, length);
  if (Refusal(v8::Isolate::GetCurrent(), facts).ToLocal(&look->refusal)) return v8::Just(true);
  const size_t limit = parts_.options().max_heap_size;
  if (limit == 0) return v8::Just(true);
  look->lowered = LowerCeilings(bytes, length, limit, kCountsWasmMemory ? limit : limit / kUnseenShare, &facts);
  if (!WasmMemories::NeedsOf(context, facts).ToLocal(&look->needs)) return v8::Nothing<bool>();
  return v8::Just(true);
}

v8::MaybeLocal<v8::Value> WasmBudget::RefusalOfTag(v8::Isolate* isolate, std::string_view binary) {
  if (const char* refused = WasmTypes::Get().Admit({{binary, 1}}, &types_)) {
    return v8::Exception::RangeError(Name(isolate, refused));
  }
  return {};
}

bool WasmBudget::Charge(v8::Isolate* isolate, size_t length) {
  if (!ChargeOrThrow(isolate, parts_.allocator(), CostOf(length))) return false;
  if (!Mappings::Take(kMappingsOfWasmModule)) {
    parts_.allocator().Uncharge(CostOf(length));
    isolate->ThrowException(v8::Exception::RangeError(Name(isolate, kAllocationFailed)));
    return false;
  }
  pending_ += CostOf(length);
  ++pending_modules_;
  return true;
}

void WasmBudget::Made(v8::Local<v8::Context> context, v8::Local<v8::Object> module, size_t length,
                      v8::Local<v8::Value> needs) {
  pending_ -= CostOf(length);
  --pending_modules_;
  modules_.Keep(v8::Isolate::GetCurrent(), module, CostOf(length), parts_.allocator(), kMappingsOfWasmModule);
  // Without them its instances are not counted: only an isolate that is about to end comes here.
  if (!needs.IsEmpty() && WasmMemories::Note(context, module, needs).IsNothing()) return;
}

void WasmBudget::NotMade(size_t length) {
  pending_ -= CostOf(length);
  --pending_modules_;
  parts_.allocator().Uncharge(CostOf(length));
  Mappings::Give(kMappingsOfWasmModule);
}

void WasmBudget::Clear() {
  parts_.allocator().Uncharge(std::exchange(pending_, 0));
  Mappings::Give(std::exchange(pending_modules_, 0) * kMappingsOfWasmModule);
  modules_.Clear();
}

}  // namespace isolet
