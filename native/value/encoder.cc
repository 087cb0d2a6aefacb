#include "value/encoder.h"

#include <algorithm>

#include "v8/strings.h"
#include "value/cost.h"
#include "value/intrinsics.h"
#include "value/kept_shapes.h"

namespace isolet::value {

namespace {

const char* UnsupportedName(v8::Local<v8::Object> object) {
  if (object->IsProxy()) return "Proxy";
  if (object->IsWeakMap()) return "WeakMap";
  if (object->IsWeakSet()) return "WeakSet";
  if (object->IsWeakRef()) return "WeakRef";
  if (object->IsSharedArrayBuffer()) return "SharedArrayBuffer";
  if (object->IsGeneratorObject()) return "generator";
  if (object->IsMapIterator()) return "Map iterator";
  if (object->IsSetIterator()) return "Set iterator";
  if (object->IsWasmMemoryObject()) return "WebAssembly.Memory";
  if (object->IsWasmModuleObject()) return "WebAssembly.Module";
  if (object->IsExternal()) return "external value";
  return nullptr;
}

KeptKeys* KeysOf(Exporter& exporter) {
  KeptShapes* shapes = exporter.Shapes();
  return shapes == nullptr ? nullptr : &shapes->keys;
}

}  // namespace

Encoder::Encoder(v8::Local<v8::Context> context, const EncodeOptions& options, Exporter& exporter)
    : isolate_(v8::Isolate::GetCurrent()),
      context_(context),
      options_(options),
      exporter_(exporter),
      interest_(exporter.ObjectInterest()),
      max_depth_(std::min(options.limits.max_depth, kMaxDepth)),
      out_(options.limits.max_bytes),
      kept_(KeysOf(exporter)),
      classes_(kept_ == nullptr ? &own_classes_ : &kept_->classes()) {}

std::variant<Message, Failure> Encoder::Run(v8::Local<v8::Value> value) {
  if (CheckTransfers() && WriteValue(value)) DetachTransfers();
  return Finish();
}

std::variant<Message, Failure> Encoder::RunList(const v8::Local<v8::Value>* values, size_t count) {
  bool ok = CheckTransfers() && WriteTagged(Tag::kList, static_cast<uint64_t>(count));
  PathNode node{nullptr, PathNode::Kind::kIndex};
  path_ = &node;
  for (size_t i = 0; ok && i < count; i++) {
    node.index = static_cast<uint32_t>(i);
    ok = Charge(cost::kSlot) && WriteValue(values[i]);
  }
  path_ = nullptr;
  if (ok) DetachTransfers();
  return Finish();
}

std::variant<Message, Failure> Encoder::Finish() {
  if (failure_) {
    if (!message_.handles.empty()) exporter_.Undo(message_.handles);
    return std::move(*failure_);
  }
  message_.bytes = out_.Finish();
  return std::move(message_);
}

bool Encoder::WriteValue(v8::Local<v8::Value> value) {
  if (depth_ >= max_depth_) {
    return Fail({Failure::Kind::kDepth, {}, {}, options_.limits.max_depth, static_cast<uint64_t>(depth_) + 1});
  }
  if (value->IsString()) return WriteString(value.As<v8::String>());
  if (value->IsInt32()) {
    const int32_t number = value.As<v8::Int32>()->Value();
    const size_t size = number >= 0 && number < kSmallInt ? 1 : 1 + VarintSize(ZigZag(number));
    if (!out_.Reserve(size)) return TooManyBytes(size);
    PutInt(number);
    return true;
  }
  if (value->IsObject()) return WriteObject(value.As<v8::Object>());
  if (value->IsNumber()) return Charge(cost::kDouble) && WriteTagged(Tag::kDouble, value.As<v8::Number>()->Value());
  if (value->IsBigInt()) return WriteBigInt(value.As<v8::BigInt>());
  if (value->IsSymbol()) return WriteSymbol(value.As<v8::Symbol>());
  Tag tag;
  if (value->IsUndefined()) {
    tag = Tag::kUndefined;
  } else if (value->IsNull()) {
    tag = Tag::kNull;
  } else if (value->IsBoolean()) {
    tag = value->IsTrue() ? Tag::kTrue : Tag::kFalse;
  } else {
    return Unsupported("internal value");
  }
  if (!out_.Reserve(1)) return TooManyBytes(1);
  out_.Put(tag);
  return true;
}

// With room for it.
void Encoder::PutInt(int32_t number) {
  if (number >= 0 && number < kSmallInt) {
    out_.PutByte(static_cast<uint8_t>(kSmallInt | number));
  } else {
    out_.Put(Tag::kInt);
    out_.PutVarint(ZigZag(number));
  }
}

bool Encoder::WriteTagged(Tag tag, uint64_t number) {
  const size_t size = 1 + VarintSize(number);
  if (!out_.Reserve(size)) return TooManyBytes(size);
  out_.Put(tag);
  out_.PutVarint(number);
  return true;
}

bool Encoder::WriteVarint(uint64_t number) {
  const size_t size = VarintSize(number);
  if (!out_.Reserve(size)) return TooManyBytes(size);
  out_.PutVarint(number);
  return true;
}

bool Encoder::WriteTagged(Tag tag, double number) {
  if (!out_.Reserve(1 + sizeof(number))) return TooManyBytes(1 + sizeof(number));
  out_.Put(tag);
  out_.PutRaw(&number, sizeof(number));
  return true;
}

bool Encoder::WriteString(v8::Local<v8::String> string) {
  const bool one_byte = string->IsOneByte();
  if (!cost::IsFree(one_byte, static_cast<size_t>(string->Length())) && !Charge(cost::kString)) return false;
  if (!out_.Reserve(1)) return TooManyBytes(1);
  out_.Put(one_byte ? Tag::kString1 : Tag::kString2);
  return WriteChars(string, one_byte);
}

bool Encoder::WriteChars(v8::Local<v8::String> string, bool one_byte) {
  const uint32_t length = static_cast<uint32_t>(string->Length());
  const size_t size = one_byte ? size_t{length} : 2 * size_t{length};
  size_t header = VarintSize(length);
  if (!one_byte) header += (out_.Position() + header) & 1;
  if (!out_.Reserve(header + size)) return TooManyBytes(header + size);
  out_.PutVarint(length);
  if (one_byte) {
    CopyOneByte(isolate_, string, out_.Skip(size), length);
  } else {
    out_.AlignToTwo();
    CopyTwoByte(isolate_, string, reinterpret_cast<uint16_t*>(out_.Skip(size)), length);
  }
  return true;
}

bool Encoder::WriteBigInt(v8::Local<v8::BigInt> bigint) {
  int count = bigint->WordCount();
  const size_t size = static_cast<size_t>(count) * sizeof(uint64_t);
  if (!Charge(cost::kBigInt)) return false;
  if (size > out_.Left()) return TooManyBytes(size);
  std::vector<uint64_t> words(static_cast<size_t>(count));
  int sign = 0;
  bigint->ToWordsArray(&sign, &count, words.data());
  if (!WriteTagged(Tag::kBigInt, static_cast<uint64_t>(words.size() * 2 + (sign != 0)))) return false;
  if (!out_.Reserve(size)) return TooManyBytes(size);
  out_.PutRaw(words.data(), size);
  return true;
}

bool Encoder::WriteSymbol(v8::Local<v8::Symbol> symbol) {
  for (uint32_t i = 0; i < kWellKnownSymbols; i++) {
    const v8::Local<v8::Value> known = WellKnownSymbol(context_, i);
    if (!known.IsEmpty() && symbol == known) return WriteTagged(Tag::kWellKnown, static_cast<uint64_t>(i));
  }
  const v8::Local<v8::Value> description = symbol->Description(isolate_);
  if (description->IsString() && v8::Symbol::For(isolate_, description.As<v8::String>()) == symbol) {
    if (!Charge(cost::kSymbol)) return false;
    if (!out_.Reserve(1)) return TooManyBytes(1);
    out_.Put(Tag::kRegistered);
    return WriteString(description.As<v8::String>());
  }
  return Unsupported("symbol");
}

bool Encoder::WriteObject(v8::Local<v8::Object> object) {
  const uint32_t seen = seen_.FindOrAdd(object);
  if (seen != IdentityMap::kNew) return WriteAgain(object, seen);
  if (IsOrdinaryObject(object)) return WritePlain(object);
  if (object->IsArray()) return WriteArray(object.As<v8::Array>());
  return WriteSpecial(object);
}

// The object with this number once more.
bool Encoder::WriteAgain(v8::Local<v8::Object> object, uint32_t number) {
  if (object->IsFunction() && exporter_.FromGuest()) return WriteFunction(object.As<v8::Function>(), number, true);
  if (std::find(making_.begin(), making_.end(), number) != making_.end()) return Unsupported("web object in itself");
  return WriteTagged(Tag::kRef, static_cast<uint64_t>(number));
}

bool Encoder::WriteFunction(v8::Local<v8::Function> function, uint32_t number, bool again) {
  Exporter::Place place;
  if (path_ != nullptr && path_->kind == PathNode::Kind::kProperty) place = {path_->holder, path_->key};
  if (exporter_.FromGuest()) {
    // The host's `await` would call it on the event loop: a guest's without a limit, a host's with what it can't
    // expect.
    if (!place.key.IsEmpty() && place.key.As<v8::String>()->StringEquals(Name(isolate_, "then"))) {
      return Unsupported("function named 'then'");
    }
    const uint32_t holder = place.holder.IsEmpty() ? IdentityMap::kNew : seen_.Find(place.holder);
    const auto [method, added] = methods_.try_emplace(uint64_t{number} << 32 | holder, number);
    if (!added) return WriteTagged(Tag::kRef, static_cast<uint64_t>(method->second));
    if (again) method->second = seen_.Skip();
  }
  bool taken = false;
  if (!WriteAnswer(exporter_.ExportFunction(function, place), &taken)) return false;
  return taken || Unsupported("function");
}

bool Encoder::WriteSpecial(v8::Local<v8::Object> object) {
  bool taken = false;
  if (object->IsFunction()) return WriteFunction(object.As<v8::Function>(), seen_.count() - 1, false);
  if (object->IsPromise()) {
    if (!WriteAnswer(exporter_.ExportPromise(object.As<v8::Promise>()), &taken)) return false;
    return taken || Unsupported("Promise");
  }
  if (object->IsNativeError()) return WriteError(object);
  if (object->IsMap()) return WriteMap(object.As<v8::Map>());
  if (object->IsSet()) return WriteSet(object.As<v8::Set>());
  if (object->IsDate()) return Charge(cost::kDate) && WriteTagged(Tag::kDate, object.As<v8::Date>()->ValueOf());
  if (object->IsArrayBufferView()) return WriteView(object.As<v8::ArrayBufferView>());
  if (object->IsArrayBuffer()) return WriteBuffer(object.As<v8::ArrayBuffer>());
  if (object->IsRegExp()) return WriteRegExp(object.As<v8::RegExp>());
  if (object->IsNumberObject() || object->IsStringObject() || object->IsBooleanObject() || object->IsBigIntObject() ||
      object->IsSymbolObject()) {
    return WriteBoxed(object);
  }
  if (object->IsModuleNamespaceObject()) {
    if (!Charge(cost::kObject)) return false;
    if (!out_.Reserve(1)) return TooManyBytes(1);
    out_.Put(Tag::kObject);
    return WriteProperties(object, PropertyCost::Kind::kPlain, 0);
  }
  // An async generator may cross as a stream.
  if (object->IsGeneratorObject() && exporter_.ObjectInterest() != Exporter::Interest::kNothing) {
    if (!WriteAnswer(exporter_.ExportObject(object), &taken)) return false;
    if (taken) return true;
  }
  if (const char* name = UnsupportedName(object)) return Unsupported(name);
  return WritePlain(object);
}

bool Encoder::WriteBoxed(v8::Local<v8::Object> object) {
  if (!Charge(cost::kBoxed)) return false;
  if (!out_.Reserve(1)) return TooManyBytes(1);
  out_.Put(Tag::kBoxed);
  if (object->IsNumberObject()) {
    return Charge(cost::kDouble) && WriteTagged(Tag::kDouble, object.As<v8::NumberObject>()->ValueOf());
  }
  if (object->IsStringObject()) return WriteString(object.As<v8::StringObject>()->ValueOf());
  if (object->IsBigIntObject()) return WriteBigInt(object.As<v8::BigIntObject>()->ValueOf());
  if (object->IsSymbolObject()) return WriteSymbol(object.As<v8::SymbolObject>()->ValueOf());
  if (!out_.Reserve(1)) return TooManyBytes(1);
  out_.Put(object.As<v8::BooleanObject>()->ValueOf() ? Tag::kTrue : Tag::kFalse);
  return true;
}

bool Encoder::WriteAnswer(const Exporter::Answer& answer, bool* taken) {
  *taken = false;
  if (std::holds_alternative<std::monostate>(answer)) return true;
  if (const auto* failure = std::get_if<Failure>(&answer)) return Fail(*failure);
  if (const auto* made = std::get_if<Made>(&answer)) {
    *taken = true;
    return WriteMade(*made, {});
  }
  message_.handles.push_back(std::get<Handle>(answer));
  if (message_.handles.size() > kMaxHandles) {
    return Fail({Failure::Kind::kHandles, {}, {}, kMaxHandles, message_.handles.size()});
  }
  *taken = true;
  return Charge(cost::kHandle) && WriteTagged(Tag::kHandle, static_cast<uint64_t>(message_.handles.size() - 1));
}

bool Encoder::Fail(Failure failure) {
  if (failure_) return false;
  if (failure.path.empty() && optional_ == 0) failure.path = PathText(isolate_, options_.root, path_);
  failure_ = std::move(failure);
  return false;
}

bool Encoder::Threw() { return Fail({Failure::Kind::kThrew, {}, {}, 0, 0}); }

bool Encoder::Unsupported(std::string what) { return Fail({Failure::Kind::kUnsupported, std::move(what), {}, 0, 0}); }

bool Encoder::TooManyBytes(size_t wanted) {
  return Fail({Failure::Kind::kBytes, {}, {}, options_.limits.max_bytes, out_.Used() + wanted});
}

// The most common results, without the state that everything else needs.
static bool EncodeSimple(v8::Isolate* isolate, v8::Local<v8::Value> value, Bytes* bytes) {
  constexpr uint32_t kShort = 32;
  if (value->IsUndefined()) {
    bytes->Append(static_cast<uint8_t>(Tag::kUndefined));
  } else if (value->IsString()) {
    const auto string = value.As<v8::String>();
    const auto length = static_cast<uint32_t>(string->Length());
    if (length > kShort || !string->IsOneByte()) return false;
    bytes->Resize(2 + length);
    (*bytes)[0] = static_cast<uint8_t>(Tag::kString1);
    (*bytes)[1] = static_cast<uint8_t>(length);
    CopyOneByte(isolate, string, bytes->data() + 2, length);
  } else if (value->IsInt32()) {
    const int32_t number = value.As<v8::Int32>()->Value();
    if (number < 0 || number >= kSmallInt) return false;
    bytes->Append(static_cast<uint8_t>(kSmallInt | number));
  } else {
    return false;
  }
  return true;
}

std::variant<Message, Failure> Encode(v8::Local<v8::Context> context, v8::Local<v8::Value> value,
                                      const EncodeOptions& options, Exporter& exporter) {
  constexpr size_t kSimple = 64;
  if (options.limits.max_depth > 0 && options.limits.max_bytes >= kSimple && options.transfer.empty()) {
    Message message;
    if (EncodeSimple(v8::Isolate::GetCurrent(), value, &message.bytes)) return message;
  }
  v8::HandleScope scope(v8::Isolate::GetCurrent());
  return Encoder(context, options, exporter).Run(value);
}

std::variant<Message, Failure> EncodeList(v8::Local<v8::Context> context, const v8::Local<v8::Value>* values,
                                          size_t count, const EncodeOptions& options, Exporter& exporter) {
  v8::HandleScope scope(v8::Isolate::GetCurrent());
  return Encoder(context, options, exporter).RunList(values, count);
}

}  // namespace isolet::value
