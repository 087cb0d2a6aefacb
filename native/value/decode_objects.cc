// Plain objects. Their values are read before they are made: those that come again and again are made of their values
// in one step (shape_functions.h).
#include "value/cost.h"
#include "value/decoder.h"

namespace isolet::value {

bool Decoder::ReadObject(Value* value) {
  if (!Charge(cost::kObject)) return false;
  const uint32_t number = Number();
  objects_[number] = v8::Undefined(isolate_);
  PropertyCost properties(&shapes_, PropertyCost::Kind::kPlain);
  const size_t from = elements_.size();
  const size_t names_from = names_.size();
  for (;;) {
    uint32_t code;
    uint32_t key;
    if (!in_.Varint32(&code)) return Malformed();
    if (code == kKeysEnd) {
      if (!MakeObject(number, from, names_from, properties.shape())) return false;
      *value = objects_[number];
      return true;
    }
    if (!ReadKey(code, &key)) return false;
    if (keys_[key].index != PropertyCost::kNoIndex || names_.size() - names_from == ShapeFunctions::kMostKeys) {
      v8::Local<v8::Object> object;
      if (!FillObject(number, from, names_from, &object)) return false;
      *value = object;
      return ReadProperty(object, key, &properties) && ReadProperties(object, &properties);
    }
    Value item;
    if (!Charge(properties.AddNamed(key)) || !ReadValue(&item)) return false;
    names_.push_back(key);
    elements_.push_back(item);
  }
}

// Of the values from `from` on, under the keys from `names_from` on, which it takes away.
bool Decoder::MakeObject(uint32_t number, size_t from, size_t names_from, uint32_t shape) {
  v8::Local<v8::Object> object;
  const size_t count = names_.size() - names_from;
  // One that something in it refers to is there already.
  if (functions_ == nullptr || count == 0 || !objects_[number]->IsUndefined()) {
    return FillObject(number, from, names_from, &object);
  }
  v8::Local<v8::Function> maker;
  if (!FindMaker(shape, names_from, &maker)) return false;
  if (maker.IsEmpty()) return FillObject(number, from, names_from, &object);
  Value* values = elements_.data() + from;
  if (!maker->Call(context_, v8::Undefined(isolate_), static_cast<int>(count), values).ToLocal(&objects_[number])) {
    return false;
  }
  names_.resize(names_from);
  elements_.resize(from);
  return true;
}

bool Decoder::FillObject(uint32_t number, size_t from, size_t names_from, v8::Local<v8::Object>* object) {
  if (objects_[number]->IsUndefined()) objects_[number] = v8::Object::New(isolate_);
  *object = objects_[number].As<v8::Object>();
  for (size_t i = names_from; i < names_.size(); i++) {
    const Value item = elements_[from + i - names_from];
    v8::Local<v8::String> name;
    if (!NameOf(names_[i], &name) || (*object)->CreateDataProperty(context_, name, item).IsNothing()) return false;
  }
  names_.resize(names_from);
  elements_.resize(from);
  return true;
}

bool Decoder::FindMaker(uint32_t shape, size_t names_from, v8::Local<v8::Function>* maker) {
  if (shape >= makers_.size()) makers_.resize(shapes_.count());
  Maker& known = makers_[shape];
  known.uses++;
  if (!known.function.IsEmpty()) {
    *maker = known.function;
    return true;
  }
  if (known.uses > 1 && (known.given_up || known.before + known.uses < ShapeFunctions::kWorthIt)) return true;
  KeyText keys[ShapeFunctions::kMostKeys];
  const size_t count = names_.size() - names_from;
  for (size_t i = 0; i < count; i++) keys[i] = keys_[names_[names_from + i]].text;
  if (known.uses == 1) {
    known.hash = ShapeFunctions::HashOf({keys, count});
    known.function = functions_->Find(context_, known.hash, {keys, count}, &known.before);
  }
  if (known.function.IsEmpty() && known.before + known.uses >= ShapeFunctions::kWorthIt) {
    known.given_up = true;
    const bool compiles = compiled_ < ShapeFunctions::kMostCompiled;
    if (compiles && !functions_->Compile(context_, known.hash, {keys, count}, &known.function)) return false;
    compiled_ += compiles;
  }
  *maker = known.function;
  return true;
}

void Decoder::NoteMakers() {
  for (const Maker& maker : makers_) {
    if (maker.uses != 0) functions_->Note(maker.hash, maker.uses);
  }
}

}  // namespace isolet::value
