#include "realm/intl.h"

#include <algorithm>

#include "boundary/guest_functions.h"
#include "boundary/promises.h"
#include "calls/parts.h"
#include "memory_use/array_buffer_allocator.h"
#include "memory_use/budget.h"
#include "v8/originals.h"
#include "v8/private_ids.h"
#include "v8/strings.h"

namespace isolet {
namespace {

// Of V8's global handles.
constexpr size_t kHandleBytes = 32;
// Measured from 0.6 kB (number formats) to 9 kB (date formats) for each handle.
constexpr size_t kBytesPerThing = 4096;
// No Intl object has more of ICU's things: other global handles of the isolate are not taken for them.
constexpr size_t kMostThings = 6;
// Objects between two looks at the budget.
constexpr size_t kLook = 64;
// Shorter texts are part of kBytesPerThing.
constexpr size_t kLeastText = 1024;

}  // namespace

bool IntlMemory::Install(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  isolate->SetUseCounterCallback(OnUse);
  v8::Local<v8::Value> intl, holder;
  if (!OwnValue(context, context->Global(), "Intl").ToLocal(&intl)) return false;
  // In no standard, and holds texts that nothing counts. Where scripts have run it is gone already.
  if (GetOriginal(context, Original::kSegment)->IsUndefined() && intl->IsObject() &&
      intl.As<v8::Object>()->Delete(context, Name(isolate, "v8BreakIterator")).IsNothing()) {
    return false;
  }
  holder = intl;
  for (const char* name : {"Segmenter", "prototype"}) {
    if (!OwnValue(context, holder, name).ToLocal(&holder)) return false;
  }
  return ReplaceFunction(context, holder, Name(isolate, "segment"), 1, Segment, Original::kSegment);
}

void IntlMemory::Clear() { texts_.Clear(); }

size_t IntlMemory::Estimate(v8::HeapStatistics& statistics) const {
  size_t handles = statistics.used_global_handles_size() / kHandleBytes;
  // A function may come with its receiver.
  size_t own = 2 * parts_.functions().size() + parts_.promises().active();
  return std::min(handles - std::min(handles, own), made_ * kMostThings) * kBytesPerThing;
}

void IntlMemory::OnUse(v8::Isolate* isolate, v8::Isolate::UseCounterFeature feature) {
  switch (feature) {
    case v8::Isolate::kCollator:
    case v8::Isolate::kDateTimeFormat:
    case v8::Isolate::kDisplayNames:
    case v8::Isolate::kListFormat:
    case v8::Isolate::kLocale:
    case v8::Isolate::kNumberFormat:
    case v8::Isolate::kPluralRules:
    case v8::Isolate::kRelativeTimeFormat:
    case v8::Isolate::kSegmenter:
#if ISOLET_V8_AT_LEAST(12, 0)
    case v8::Isolate::kDurationFormat:
#endif
      if (Parts* parts = Parts::Of(isolate)) parts->intl_memory().Made(isolate);
      break;
    default:
      break;
  }
}

void IntlMemory::Made(v8::Isolate* isolate) {
  if (++made_ % kLook == 0) parts_.memory_budget().Look(isolate);
}

void IntlMemory::Keep(v8::Local<v8::Context> context, v8::Local<v8::Value> made, size_t bytes) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto object = made.As<v8::Object>();
  WritePrivateId(context, object, PrivateId::kSegmentedText, bytes);
  texts_.Keep(isolate, object, bytes, parts_.allocator());
}

// Stands for Segmenter.prototype.segment.
void IntlMemory::Segment(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Parts* parts = Parts::Of(isolate);
  v8::Local<v8::String> string;
  if (parts == nullptr || !info[0]->ToString(context).ToLocal(&string)) return;
  IntlMemory& memory = parts->intl_memory();
  size_t bytes = static_cast<size_t>(string->Length()) * 2;
  if (bytes < kLeastText) bytes = 0;
  if (bytes > 0 && !ChargeOrThrow(isolate, parts->allocator(), bytes)) return;
  memory.Made(isolate);
  v8::Local<v8::Value> argument = string, segments;
  auto real = GetOriginal(context, Original::kSegment).As<v8::Function>();
  if (!real->Call(context, info.This(), 1, &argument).ToLocal(&segments)) {
    parts->allocator().Uncharge(bytes);
    return;
  }
  if (bytes > 0) memory.Keep(context, segments, bytes);
  if (!memory.ReplaceIterator(context, segments.As<v8::Object>())) return;
  info.GetReturnValue().Set(segments);
}

// Nobody can reach the prototype of Segments before there is one.
bool IntlMemory::ReplaceIterator(v8::Local<v8::Context> context, v8::Local<v8::Object> segments) {
  v8::Local<v8::Symbol> key = v8::Symbol::GetIterator(v8::Isolate::GetCurrent());
  return ReplaceFunction(context, PrototypeOf(segments), key, 0, Iterate, Original::kIterateSegments);
}

// Stands for the function that makes an iterator of Segments.
void IntlMemory::Iterate(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Parts* parts = Parts::Of(isolate);
  if (parts == nullptr) return;
  IntlMemory& memory = parts->intl_memory();
  size_t bytes = ReadPrivateId(context, info.This(), PrivateId::kSegmentedText).value_or(0);
  if (bytes > 0 && !ChargeOrThrow(isolate, parts->allocator(), bytes)) return;
  memory.Made(isolate);
  v8::Local<v8::Value> iterator;
  auto real = GetOriginal(context, Original::kIterateSegments).As<v8::Function>();
  if (!real->Call(context, info.This(), 0, nullptr).ToLocal(&iterator)) {
    parts->allocator().Uncharge(bytes);
    return;
  }
  if (bytes > 0) memory.Keep(context, iterator, bytes);
  info.GetReturnValue().Set(iterator);
}

}  // namespace isolet
