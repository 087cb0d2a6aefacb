#include "v8/hidden_class.h"

#include <iterator>

#include "v8/strings.h"

namespace isolet {

namespace {

using v8::internal::Internals;

constexpr int kProperties = v8::internal::kApiTaggedSize;
constexpr int kElements = 2 * v8::internal::kApiTaggedSize;
constexpr int kFirstField = Internals::kJSObjectHeaderSize;
// Of a hidden class.
constexpr int kUsedWords = Internals::kMapInstanceTypeOffset - 2;
constexpr int kBits = Internals::kMapInstanceTypeOffset + 4;
constexpr uint32_t kDescriptorsShift = 10;
constexpr uint32_t kMostDescriptors = 0x3ff;
static_assert(Internals::kJSObjectHeaderSize == 3 * v8::internal::kApiTaggedSize);
// With compressed references (not in Node) one number is not one object.
constexpr bool kReadable = v8::internal::kApiTaggedSize == v8::internal::kApiSystemPointerSize;

uintptr_t Field(uintptr_t object, int offset) { return Internals::ReadRawField<uintptr_t>(object, offset); }
uintptr_t MapOf(uintptr_t object) { return Field(object, Internals::kHeapObjectMapOffset); }
bool IsSmi(uintptr_t value) { return (value & 1) == 0; }

struct Layout {
  bool known = false;
  bool fields = false;  // so is where the values are
  int list = 0;         // the type of the list of properties that do not fit into the object
};

// As FieldsOf, before it is known whether that is so.
uint32_t CountFields(v8::Local<v8::Object> object) {
  constexpr uint32_t kHeaderWords = kFirstField / v8::internal::kApiTaggedSize;
  const uintptr_t map = MapOf(AddressOf(object));
  const uint32_t used = Internals::ReadRawField<uint8_t>(map, kUsedWords);
  const uint32_t descriptors = Internals::ReadRawField<uint32_t>(map, kBits) >> kDescriptorsShift & kMostDescriptors;
  return used == kHeaderWords + descriptors ? descriptors : 0;
}

v8::Local<v8::Object> WithKeys(v8::Local<v8::Context> context, std::initializer_list<const char*> keys) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const v8::Local<v8::Object> object = v8::Object::New(isolate);
  for (const char* key : keys) (void)object->CreateDataProperty(context, Name(isolate, key), v8::Null(isolate));
  return object;
}

// Objects of which it is known what they must look like: with values of each kind, hidden and private properties,
// accessors, and more properties than they have places for.
bool TryOutFields(v8::Isolate* isolate) {
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  const auto object = v8::Object::New(isolate);
  const v8::Local<v8::Value> values[] = {v8::Number::New(isolate, 1.5), Name(isolate, "text"),
                                         v8::Integer::New(isolate, 7), v8::Object::New(isolate)};
  const char* names[] = {"z", "y", "x", "w"};
  for (uint32_t i = 0; i < std::size(values); i++) {
    if (CountFields(object) != i) return false;
    (void)object->CreateDataProperty(context, Name(isolate, names[i]), values[i]);
  }
  if (CountFields(object) != std::size(values)) return false;
  for (uint32_t i = 0; i < std::size(values); i++) {
    if (!HiddenClasses::FieldAt(isolate, object, i)->SameValue(values[i])) return false;
  }
  const auto hidden = WithKeys(context, {"a"});
  (void)hidden->DefineOwnProperty(context, Name(isolate, "b"), v8::Null(isolate), v8::DontEnum);
  const auto marked = WithKeys(context, {"a"});
  (void)marked->SetPrivate(context, v8::Private::New(isolate, Name(isolate, "b")), v8::Null(isolate));
  if (CountFields(hidden) != 2 || CountFields(marked) != 2) return false;
  const auto computed = WithKeys(context, {"a"});
  v8::Local<v8::Function> getter;
  if (!v8::Function::New(context, [](const v8::FunctionCallbackInfo<v8::Value>&) {}).ToLocal(&getter)) return false;
  computed->SetAccessorProperty(Name(isolate, "b"), getter);
  return CountFields(computed) == 0 && CountFields(WithKeys(context, {"a", "b", "c", "d", "e", "f", "g", "h"})) == 0;
}

// Likewise.
Layout TryOut(v8::Isolate* isolate) {
  v8::HandleScope scope(isolate);
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  const auto none = v8::Object::New(isolate);
  const auto two = WithKeys(context, {"a", "b"});
  const auto same = WithKeys(context, {"a", "b"});
  const auto turned = WithKeys(context, {"b", "a"});
  const auto fewer = WithKeys(context, {"a"});
  const auto indexed = WithKeys(context, {"a", "b"});
  (void)indexed->CreateDataProperty(context, 3, v8::Null(isolate));
  const auto many = WithKeys(context, {"a", "b", "c", "d", "e", "f", "g", "h"});
  const auto slow = WithKeys(context, {"a", "b", "c"});
  (void)slow->Delete(context, Name(isolate, "a"));
  const auto hidden = WithKeys(context, {"a"});
  (void)hidden->DefineOwnProperty(context, Name(isolate, "b"), v8::Null(isolate), v8::DontEnum);

  const uintptr_t empty = Field(AddressOf(none), kProperties);
  const uintptr_t no_elements = Field(AddressOf(none), kElements);
  const uintptr_t shared = MapOf(AddressOf(two));
  const auto differs = [&](v8::Local<v8::Object> other) { return MapOf(AddressOf(other)) != shared; };
  if (shared != MapOf(AddressOf(same)) || !differs(turned) || !differs(fewer) || !differs(many) || !differs(hidden) ||
      !differs(slow)) {
    return {};
  }
  if (IsSmi(empty) || Field(AddressOf(two), kProperties) != empty || Field(AddressOf(two), kElements) != no_elements ||
      IsSmi(Field(AddressOf(indexed), kElements)) || Field(AddressOf(indexed), kElements) == no_elements) {
    return {};
  }
  const uintptr_t list = Field(AddressOf(many), kProperties);
  const uintptr_t dictionary = Field(AddressOf(slow), kProperties);
  if (IsSmi(list) || IsSmi(dictionary) || list == empty || dictionary == empty) return {};
  Layout layout;
  layout.list = Internals::GetInstanceType(list);
  layout.known = layout.list != Internals::GetInstanceType(dictionary);
  layout.fields = layout.known && TryOutFields(isolate);
  return layout;
}

// What it finds is the same for all isolates.
const Layout& LayoutIn(v8::Isolate* isolate) {
  static const Layout layout = TryOut(isolate);
  return layout;
}

}  // namespace

v8::Local<v8::Data> HiddenClassOf(v8::Isolate* isolate, v8::Local<v8::Object> object) {
  return LocalAt<v8::Data>(isolate, MapOf(AddressOf(object)));
}

uint32_t HiddenClasses::FieldsOf(v8::Local<v8::Object> object) {
  return LayoutIn(v8::Isolate::GetCurrent()).fields ? CountFields(object) : 0;
}

v8::Local<v8::Value> HiddenClasses::FieldAt(v8::Isolate* isolate, v8::Local<v8::Object> object, uint32_t index) {
  const int offset = kFirstField + static_cast<int>(index) * v8::internal::kApiTaggedSize;
  return LocalAt<v8::Value>(isolate, Field(AddressOf(object), offset));
}

uintptr_t HiddenClasses::Of(v8::Isolate* isolate, v8::Local<v8::Object> object) {
  if (!kReadable || !IsOrdinaryObject(object)) return 0;
  const Layout& layout = LayoutIn(isolate);
  if (!layout.known) return 0;
  if (no_elements_ == 0) {
    v8::HandleScope scope(isolate);
    const auto none = v8::Object::New(isolate);
    no_properties_ = Field(AddressOf(none), kProperties);
    no_elements_ = Field(AddressOf(none), kElements);
  }
  const uintptr_t address = AddressOf(object);
  if (Field(address, kElements) != no_elements_) return 0;
  const uintptr_t properties = Field(address, kProperties);
  // A number is the object's identity hash.
  if (properties != no_properties_ && !IsSmi(properties) && Internals::GetInstanceType(properties) != layout.list) {
    return 0;
  }
  return MapOf(address);
}

}  // namespace isolet
