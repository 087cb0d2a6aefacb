// Errors: what makes one an Error goes into named parts, the rest like the properties of any object. An error crosses
// whatever it carries: what can't is left out, so that nobody has to look for the reason behind a reason.
#include "v8/strings.h"
#include "value/cost.h"
#include "value/encoder.h"
#include "value/intrinsics.h"

namespace isolet::value {

namespace {

// How far up the prototypes it is looked.
constexpr int kMaxPrototypes = 16;
// Room for the ends of the lists of extras and properties.
constexpr size_t kErrorEnd = 2;

}  // namespace

struct Encoder::ErrorHead {
  ErrorType type = ErrorType::kError;
  uint32_t parts = 0;
  v8::Local<v8::String> name;
  v8::Local<v8::String> message;
  v8::Local<v8::String> stack;
  bool odd_name = false;
  bool odd_message = false;
};

bool IsError(v8::Local<v8::Context> context, v8::Local<v8::Object> object) {
  if (object->IsNativeError()) return true;
  if (object->IsProxy()) return false;
  const v8::Local<v8::Value> error = GetIntrinsic(context, Intrinsic::kErrorPrototype);
  if (!error->IsObject()) return false;
  v8::Local<v8::Value> at = PrototypeOf(object);
  for (int i = 0; i < kMaxPrototypes && at->IsObject() && !at->IsProxy(); i++) {
    if (at == error) return true;
    at = PrototypeOf(at.As<v8::Object>());
  }
  return false;
}

bool Encoder::IsErrorPart(v8::Local<v8::Value> key) {
  if (!key->IsString()) return true;
  for (const char* part : {"name", "message", "stack", "cause", "errors"}) {
    if (key.As<v8::String>()->StringEquals(Name(isolate_, part))) return true;
  }
  return false;
}

bool Encoder::Own(v8::Local<v8::Object> object, const char* name, bool* own, bool* enumerable) {
  const v8::Local<v8::String> key = Name(isolate_, name);
  *enumerable = false;
  if (!object->HasOwnProperty(context_, key).To(own)) return Threw();
  if (!*own) return true;
  v8::PropertyAttribute attributes;
  if (!object->GetPropertyAttributes(context_, key).To(&attributes)) return Threw();
  *enumerable = (attributes & v8::DontEnum) == 0;
  return true;
}

// Empty for what is no string.
bool Encoder::ReadErrorText(v8::Local<v8::Object> error, const char* name, v8::TryCatch* catcher,
                            v8::Local<v8::String>* text) {
  *text = v8::Local<v8::String>();
  v8::Local<v8::Value> value;
  if (!error->Get(context_, Name(isolate_, name)).ToLocal(&value)) return Swallow(catcher);
  if (value->IsString()) *text = value.As<v8::String>();
  return true;
}

// The nearest standard name up the prototypes: a subclass of TypeError arrives as a TypeError with its own name.
bool Encoder::ErrorTypeOf(v8::Local<v8::Object> error, v8::TryCatch* catcher, ErrorType* type) {
  v8::Local<v8::Value> at = PrototypeOf(error);
  for (int i = 0; i < kMaxPrototypes && at->IsObject() && !at->IsProxy(); i++) {
    const v8::Local<v8::Object> prototype = at.As<v8::Object>();
    bool own;
    bool enumerable;
    if (!Own(prototype, "name", &own, &enumerable)) return false;
    if (own) {
      v8::Local<v8::String> name;
      if (!ReadErrorText(prototype, "name", catcher, &name)) return false;
      if (!name.IsEmpty() && StandardErrorType(isolate_, name, type)) return true;
    }
    at = PrototypeOf(prototype);
  }
  return true;
}

bool Encoder::ReadErrorHead(v8::Local<v8::Object> error, v8::TryCatch* catcher, ErrorHead* head) {
  bool own_name;
  bool own_message;
  bool enumerable;
  if (!Own(error, "name", &own_name, &enumerable)) return false;
  if (enumerable) head->parts |= kNameEnumerable;
  if (!Own(error, "message", &own_message, &enumerable)) return false;
  if (enumerable) head->parts |= kMessageEnumerable;
  if (!ReadErrorText(error, "name", catcher, &head->name) ||
      !ReadErrorText(error, "message", catcher, &head->message) ||
      (options_.keep_stacks && !ReadErrorText(error, "stack", catcher, &head->stack)) ||
      !ErrorTypeOf(error, catcher, &head->type)) {
    return false;
  }
  head->odd_name = own_name && head->name.IsEmpty();
  head->odd_message = own_message && head->message.IsEmpty();
  if (!head->name.IsEmpty() && (own_name || !head->name->StringEquals(Name(isolate_, ErrorTypeName(head->type))))) {
    head->parts |= kHasName;
  }
  // A class may have its message on the prototype.
  if (!head->message.IsEmpty() && (own_message || head->message->Length() != 0)) head->parts |= kHasMessage;
  if (!head->stack.IsEmpty()) head->parts |= kHasStack;
  return true;
}

bool Encoder::WriteErrorHead(const ErrorHead& head, bool with_stack) {
  const uint32_t parts = with_stack ? head.parts : head.parts & ~uint32_t{kHasStack};
  return Charge(cost::kError) && WriteTagged(Tag::kError, static_cast<uint64_t>(head.type)) && WriteVarint(parts) &&
         (!(parts & kHasName) || WriteString(head.name)) && (!(parts & kHasMessage) || WriteString(head.message)) &&
         (!(parts & kHasStack) || WriteString(head.stack));
}

bool Encoder::WriteError(v8::Local<v8::Object> error) {
  if (interest_ != Exporter::Interest::kNothing) {
    bool taken = false;
    const Exporter::Answer answer = exporter_.ExportObject(error);
    if (const auto* made = std::get_if<Made>(&answer)) return WriteMade(*made, error);
    if (!WriteAnswer(answer, &taken)) return false;
    if (taken) return true;
  }
  v8::TryCatch catcher(isolate_);
  catcher.SetCaptureMessage(false);
  return WriteErrorBody(error, &catcher);
}

bool Encoder::WriteErrorBody(v8::Local<v8::Object> error, v8::TryCatch* catcher) {
  ErrorHead head;
  if (!ReadErrorHead(error, catcher, &head)) return false;
  if (!out_.Charge(kErrorEnd)) return TooManyBytes(kErrorEnd);
  const Mark mark = Here();
  optional_++;
  bool written = WriteErrorHead(head, true);
  optional_--;
  if (!written) {
    if (!Recover(mark, catcher)) return false;
    if (!WriteErrorHead(head, false)) return false;
  }
  optional_++;
  written = WriteErrorExtras(error, head, catcher) && WriteErrorProperties(error, catcher);
  optional_--;
  return written;
}

bool Encoder::WriteErrorExtras(v8::Local<v8::Object> error, const ErrorHead& head, v8::TryCatch* catcher) {
  bool own_cause;
  bool own_errors;
  bool own_code;
  bool enumerable;
  if (!Own(error, "cause", &own_cause, &enumerable) || !Own(error, "errors", &own_errors, &enumerable) ||
      !Own(error, "code", &own_code, &enumerable)) {
    return false;
  }
  // A code says as much as a name and may be inherited like one: a DOMException's is.
  if ((!enumerable && !WriteErrorExtra(error, kCode, catcher)) ||
      (head.odd_name && !WriteErrorExtra(error, kOddName, catcher)) ||
      (head.odd_message && !WriteErrorExtra(error, kOddMessage, catcher)) ||
      (own_cause && !WriteErrorExtra(error, kCause, catcher)) ||
      (own_errors && !WriteErrorExtra(error, kErrors, catcher))) {
    return false;
  }
  out_.Refund(1);
  return WriteVarint(kNoExtra);
}

// False only if nothing more can be read.
bool Encoder::WriteErrorExtra(v8::Local<v8::Object> error, ErrorExtra extra, v8::TryCatch* catcher) {
  Step step(this, PathNode::Kind::kNamed);
  step.node.name = kErrorExtras[extra];
  v8::Local<v8::Value> value;
  if (!error->Get(context_, Name(isolate_, step.node.name)).ToLocal(&value)) return Swallow(catcher);
  if (extra == kCode && !value->IsNumber() && !value->IsString()) return true;
  if (!MayTry(value)) return true;
  const Mark mark = Here();
  if (!WriteVarint(extra)) return Recover(mark, catcher);
  const bool list = extra == kErrors && value->IsArray() && seen_.Find(value.As<v8::Object>()) == IdentityMap::kNew;
  const bool written = list ? WriteErrorList(value.As<v8::Array>(), catcher) : WriteValue(value);
  return written || Recover(mark, catcher);
}

// Like any array, except that `undefined` stands where an error can't cross.
bool Encoder::WriteErrorList(v8::Local<v8::Array> errors, v8::TryCatch* catcher) {
  if (depth_ >= max_depth_) return WriteValue(errors);  // which says so
  seen_.FindOrAdd(errors);
  const uint32_t length = errors->Length();
  if (!Charge(cost::kArray)) return false;
  if (length > out_.Left()) return TooManyBytes(length);
  if (!WriteTagged(Tag::kArray, static_cast<uint64_t>(length))) return false;
  Step step(this, PathNode::Kind::kIndex);
  for (uint32_t i = 0; i < length; i++) {
    step.node.index = i;
    v8::Local<v8::Value> error;
    if (!errors->Get(context_, i).ToLocal(&error)) {
      if (!Swallow(catcher)) return false;
      error = v8::Undefined(isolate_);
    }
    if (!Charge(cost::kSlot)) return false;
    const Mark mark = Here();
    if (MayTry(error) && WriteValue(error)) continue;
    if ((failure_ && !Recover(mark, catcher)) || !WriteValue(v8::Undefined(isolate_))) return false;
  }
  return true;
}

bool Encoder::WriteErrorProperties(v8::Local<v8::Object> error, v8::TryCatch* catcher) {
  v8::Local<v8::Array> keys;
  if (!OwnKeys(error, &keys)) return Threw();
  Step step(this, PathNode::Kind::kProperty);
  step.node.holder = error;
  PropertyCost properties(&shapes_, PropertyCost::Kind::kError);
  for (uint32_t i = 0; i < keys->Length() && wasted_ / 4 <= out_.limit(); i++) {
    v8::Local<v8::Value> key;
    v8::Local<v8::Value> value;
    if (!keys->Get(context_, i).ToLocal(&key)) return Threw();
    if (IsErrorPart(key)) continue;
    if (wasted_ > out_.limit()) {
      if (!error->Get(context_, key).ToLocal(&value) && !Swallow(catcher)) return false;
      if (value.IsEmpty() || !MayTry(value)) continue;
    }
    const Mark mark = Here();
    const PropertyCost before = properties;
    if (WriteProperty(error, key.As<v8::String>(), KeyTable::kNone, &properties, &step.node)) continue;
    if (!Recover(mark, catcher)) return false;
    properties = before;
  }
  out_.Refund(1);
  return WriteVarint(kKeysEnd);
}

}  // namespace isolet::value
