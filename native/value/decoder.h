// One decoding. The bytes are checked as if an enemy had written them, and building the value runs no JavaScript. Every
// Read answers false with an exception pending, or while the isolate is terminating.
#pragma once

#include <vector>

#include "value/codec.h"
#include "value/cost.h"
#include "value/kept_shapes.h"
#include "value/property_cost.h"
#include "value/reader.h"
#include "value/shapes.h"
#include "value/short_list.h"

namespace isolet::value {

class Decoder {
 public:
  Decoder(v8::Local<v8::Context> context, Message& message, Importer& importer, size_t max_bytes,
          BufferSource* buffers);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool Run(v8::Local<v8::Value>* value);
  bool RunList(Values* values);

 private:
  using Value = v8::Local<v8::Value>;

  // decoder.cc
  bool ReadItems(Values* values);
  bool ReadValue(Value* value);
  bool ReadTagged(Tag tag, Value* value);
  bool ReadText(bool one_byte, KeyText* text);
  bool MakeString(const KeyText& text, v8::NewStringType type, v8::Local<v8::String>* string);
  bool ReadChars(bool one_byte, v8::Local<v8::String>* string);
  bool ReadString(v8::Local<v8::String>* string);
  bool ReadBigInt(Value* value);
  bool ReadSymbol(Tag tag, Value* value);
  bool ReadRef(Value* value);
  bool ReadBoxed(Value* value);
  bool ReadDate(Value* value);
  bool ReadRegExp(Value* value);
  bool ReadHandle(Value* value);
  bool ReadMade(Value* value);
  bool Malformed();
  bool NoMemory();
  // Before anything is made. False: over the budget.
  bool Charge(size_t bytes);
  // Likewise, for what is no part of the allowance.
  bool ChargeFully(size_t bytes);
  uint32_t Number();

  // decode_objects.cc
  bool ReadObject(Value* value);
  bool MakeObject(uint32_t number, size_t from, size_t names_from, uint32_t shape);
  bool FillObject(uint32_t number, size_t from, size_t names_from, v8::Local<v8::Object>* object);
  bool FindMaker(uint32_t shape, size_t names_from, v8::Local<v8::Function>* maker);
  void NoteMakers();

  // decode_containers.cc
  bool ReadNullObject(Value* value);
  // All that are left, or the next one, whose key was read.
  bool ReadProperties(v8::Local<v8::Object> object, PropertyCost* properties);
  bool ReadProperty(v8::Local<v8::Object> object, uint32_t number, PropertyCost* properties);
  bool ReadKey(uint32_t code, uint32_t* number);
  bool NameOf(uint32_t number, v8::Local<v8::String>* name);
  // Makes the elements of `object` a dictionary, and keeps them one.
  bool SpreadElements(v8::Local<v8::Object> object);
  bool ReadMap(Value* value);
  bool ReadSet(Value* value);
  bool ReadError(Value* value);
  bool MakeError(ErrorType type, v8::Local<v8::String> message, v8::Local<v8::Object>* error,
                 v8::Local<v8::String>* lost_name);
  bool Define(v8::Local<v8::Object> object, const char* name, Value value, bool enumerable);

  // decode_arrays.cc
  bool ReadArray(Tag tag, Value* value);
  bool ReadHoles(Tag tag, uint32_t left, uint32_t* holes);
  bool MakeArray(uint32_t number, uint32_t length, size_t from, size_t gaps_from);
  bool FillArray(v8::Local<v8::Array> array, size_t from, size_t gaps_from);

  // decode_buffers.cc
  bool ReadBuffer(Tag tag, Value* value);
  bool ReadView(Value* value);
  bool AdoptStore(std::shared_ptr<v8::BackingStore> store, Value* value);

  v8::Isolate* const isolate_;
  const v8::Local<v8::Context> context_;
  Message& message_;
  Importer& importer_;
  BufferSource* const buffers_;

  Reader in_;
  const size_t max_bytes_;
  size_t used_;
  size_t free_ = cost::kAllowance;
  uint32_t depth_ = 0;
  // By number. Until something refers to it an array that is being read is empty here, and a plain object undefined;
  // null: nothing may refer to it.
  ShortList<Value, 8> objects_;
  struct Key {
    KeyText text;
    uint32_t index = 0;          // or PropertyCost::kNoIndex
    v8::Local<v8::String> name;  // once somebody asked for it
  };
  ShortList<Key, 8> keys_;
  Shapes shapes_;
  // Null: every object is made key by key.
  ShapeFunctions* const functions_;
  // What makes objects of a shape, by the number of the shape.
  struct Maker {
    v8::Local<v8::Function> function;
    uint32_t hash = 0;
    uint32_t uses = 0;
    uint32_t before = 0;  // in earlier messages
    bool given_up = false;
  };
  ShortList<Maker, 8> makers_;
  uint32_t compiled_ = 0;
  // Elements of the arrays being read, without their holes, and values of the objects.
  ShortList<Value, 16> elements_;
  // The numbers of the keys of the objects being read.
  ShortList<uint32_t, 16> names_;
  // Holes of the arrays being read: how many before which element.
  struct Gap {
    size_t before;
    uint32_t holes;
  };
  std::vector<Gap> gaps_;
  std::vector<bool> imported_;
};

}  // namespace isolet::value
