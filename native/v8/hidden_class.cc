#include "v8/hidden_class.h"

#include "v8/strings.h"

namespace isolet {

namespace {

using v8::internal::Internals;

constexpr int kProperties = v8::internal::kApiTaggedSize;
constexpr int kElements = 2 * v8::internal::kApiTaggedSize;
static_assert(Internals::kJSObjectHeaderSize == 3 * v8::internal::kApiTaggedSize);
// With compressed references (not in Node) one number is not one object.
constexpr bool kReadable = v8::internal::kApiTaggedSize == v8::internal::kApiSystemPointerSize;

uintptr_t Field(uintptr_t object, int offset) { return Internals::ReadRawField<uintptr_t>(object, offset); }
uintptr_t MapOf(uintptr_t object) { return Field(object, Internals::kHeapObjectMapOffset); }
bool IsSmi(uintptr_t value) { return (value & 1) == 0; }

struct Layout {
  bool known = false;
  int list = 0;  // the type of the list of properties that do not fit into the object
};

v8::Local<v8::Object> WithKeys(v8::Local<v8::Context> context, std::initializer_list<const char*> keys) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const v8::Local<v8::Object> object = v8::Object::New(isolate);
  for (const char* key : keys) (void)object->CreateDataProperty(context, Name(isolate, key), v8::Null(isolate));
  return object;
}

// Objects of which it is known what they must look like.
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
  return layout;
}

}  // namespace

v8::Local<v8::Data> HiddenClassOf(v8::Isolate* isolate, v8::Local<v8::Object> object) {
  return LocalAt<v8::Data>(isolate, MapOf(AddressOf(object)));
}

uintptr_t HiddenClasses::Of(v8::Isolate* isolate, v8::Local<v8::Object> object) {
  if (!kReadable || !IsOrdinaryObject(object)) return 0;
  // What it finds is the same for all isolates.
  static const Layout layout = TryOut(isolate);
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
