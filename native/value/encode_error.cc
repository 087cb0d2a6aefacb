// Errors: what makes one an Error goes into named parts, the rest like the properties of any object.
#include "value/cost.h"
#include "value/encoder.h"
#include "value/intrinsics.h"

namespace isolet::value {

namespace {

// How far up the prototypes a standard error type is looked for.
constexpr int kMaxPrototypes = 16;

}  // namespace

bool Encoder::IsErrorPart(v8::Local<v8::Value> key) {
  if (!key->IsString()) return false;
  for (const char* part : {"name", "message", "stack", "cause", "errors"}) {
    if (key.As<v8::String>()->StringEquals(Literal(isolate_, part))) return true;
  }
  return false;
}

bool Encoder::Own(v8::Local<v8::Object> object, const char* name, bool* own, bool* enumerable) {
  const v8::Local<v8::String> key = Literal(isolate_, name);
  *enumerable = false;
  if (!object->HasOwnProperty(context_, key).To(own)) return Threw();
  if (!*own) return true;
  v8::PropertyAttribute attributes;
  if (!object->GetPropertyAttributes(context_, key).To(&attributes)) return Threw();
  *enumerable = (attributes & v8::DontEnum) == 0;
  return true;
}

// Empty for what is neither a string nor another primitive that has a text.
bool Encoder::GetErrorText(v8::Local<v8::Object> error, const char* name, v8::Local<v8::String>* text) {
  *text = v8::Local<v8::String>();
  v8::Local<v8::Value> value;
  if (!error->Get(context_, Literal(isolate_, name)).ToLocal(&value)) return Threw();
  if (value->IsString()) {
    *text = value.As<v8::String>();
  } else if (!value->IsObject() && !value->IsUndefined() && !value->IsSymbol()) {
    if (!value->ToString(context_).ToLocal(text)) return Threw();
  }
  return true;
}

// The nearest standard name up the prototypes: a subclass of TypeError arrives as a TypeError with its own name.
bool Encoder::ErrorTypeOf(v8::Local<v8::Object> error, ErrorType* type) {
  *type = ErrorType::kError;
  v8::Local<v8::Value> at = PrototypeOf(error);
  for (int i = 0; i < kMaxPrototypes && at->IsObject() && !at->IsProxy(); i++) {
    const v8::Local<v8::Object> prototype = at.As<v8::Object>();
    bool own;
    bool enumerable;
    if (!Own(prototype, "name", &own, &enumerable)) return false;
    if (own) {
      v8::Local<v8::String> name;
      if (!GetErrorText(prototype, "name", &name)) return false;
      if (!name.IsEmpty() && StandardErrorType(isolate_, name, type)) return true;
    }
    at = PrototypeOf(prototype);
  }
  return true;
}

bool Encoder::WriteErrorValue(v8::Local<v8::Object> error, const char* name) {
  Step step(this, PathNode::Kind::kNamed);
  step.node.name = name;
  v8::Local<v8::Value> value;
  if (!error->Get(context_, Literal(isolate_, name)).ToLocal(&value)) return Threw();
  return WriteValue(value);
}

bool Encoder::WriteError(v8::Local<v8::Object> error) {
  if (interest_ != Exporter::Interest::kNothing) {
    bool taken = false;
    if (!WriteAnswer(exporter_.ExportObject(error), &taken)) return false;
    if (taken) return true;
  }

  ErrorType type;
  v8::Local<v8::String> name;
  if (!GetErrorText(error, "name", &name)) return false;
  bool own_name;
  bool name_enumerable;
  if (!Own(error, "name", &own_name, &name_enumerable)) return false;
  const bool standard = !name.IsEmpty() && StandardErrorType(isolate_, name, &type);
  if (!standard && !ErrorTypeOf(error, &type)) return false;

  bool own_message;
  bool message_enumerable;
  bool own_cause;
  bool own_errors;
  bool enumerable;
  v8::Local<v8::String> message;
  v8::Local<v8::String> stack;
  if (!Own(error, "message", &own_message, &message_enumerable) || !GetErrorText(error, "message", &message) ||
      (options_.keep_stacks && !GetErrorText(error, "stack", &stack)) ||
      !Own(error, "cause", &own_cause, &enumerable) || !Own(error, "errors", &own_errors, &enumerable)) {
    return false;
  }
  // A class may have its message on the prototype.
  const bool has_message = !message.IsEmpty() && (own_message || message->Length() != 0);
  const bool has_name = !name.IsEmpty() && (own_name || !standard);

  uint32_t parts = 0;
  if (has_name) parts |= kHasName;
  if (has_name && name_enumerable) parts |= kNameEnumerable;
  if (has_message) parts |= kHasMessage;
  if (has_message && message_enumerable) parts |= kMessageEnumerable;
  if (!stack.IsEmpty()) parts |= kHasStack;
  if (own_cause) parts |= kHasCause;
  if (own_errors) parts |= kHasErrors;

  if (!Charge(cost::kError)) return false;
  if (!WriteTagged(Tag::kError, static_cast<uint64_t>(type)) || !WriteVarint(parts)) return false;
  if (has_name && !WriteString(name)) return false;
  if (has_message && !WriteString(message)) return false;
  if (!stack.IsEmpty() && !WriteString(stack)) return false;
  if (own_cause && !WriteErrorValue(error, "cause")) return false;
  if (own_errors && !WriteErrorValue(error, "errors")) return false;
  return WriteProperties(error, PropertyCost::Kind::kError);
}

}  // namespace isolet::value
