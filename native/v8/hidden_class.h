// Which ordinary objects have the same keys, asked without asking for the keys: V8 gives objects with the same keys in
// the same order one hidden class ("map"). V8's headers say where an object keeps the three references that are looked
// at here; what they and three numbers of a hidden class mean is tried out once per process, and where V8 does not
// behave as expected nothing is known.
#pragma once

#include <cstdint>

#include "v8/v8.h"

namespace isolet {

// The hidden class of an object itself: as long as somebody holds it no other gets its number.
v8::Local<v8::Data> HiddenClassOf(v8::Isolate* isolate, v8::Local<v8::Object> object);
inline bool HasHiddenClass(v8::Local<v8::Object> object, v8::Local<v8::Data> hidden_class) {
  using v8::internal::Internals;
  return Internals::ReadRawField<uintptr_t>(AddressOf(object), Internals::kHeapObjectMapOffset) ==
         AddressOf(hidden_class);
}

// Of one isolate. The holder of its lock.
class HiddenClasses {
 public:
  HiddenClasses() = default;

  // Not 0: all ordinary objects with the same number at this moment have the same named keys with the same attributes
  // in the same order, and none under an index. 0: not known.
  uintptr_t Of(v8::Isolate* isolate, v8::Local<v8::Object> object);
  // Of an object of which Of knows: how many properties it has, whatever their names and attributes, if each is a value
  // in the object itself, one after the other in their order. 0: not known, or there are none.
  static uint32_t FieldsOf(v8::Local<v8::Object> object);
  // One of those. A number is the object's own place for it: it is to be read before anything is written to the object.
  static v8::Local<v8::Value> FieldAt(v8::Isolate* isolate, v8::Local<v8::Object> object, uint32_t index);

 private:
  // What an object without properties has for them; V8 never moves it.
  uintptr_t no_properties_ = 0;
  uintptr_t no_elements_ = 0;
};

}  // namespace isolet
