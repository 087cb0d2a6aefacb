// Arrays, Maps and Sets.
#include "value/cost.h"
#include "value/encoder.h"

namespace isolet::value {

namespace {

// After this many consecutive holes the array's own keys are asked for what comes next, so that a sparse array costs
// what is in it.
constexpr uint32_t kManyHoles = 64;

}  // namespace

bool Encoder::WriteArray(v8::Local<v8::Array> array) {
  const uint32_t length = array->Length();
  if (!Charge(cost::kArray)) return false;
  // The least it can cost: nothing but holes.
  if (length / cost::HolesPerByte > out_.Left()) return TooManyBytes(length / cost::HolesPerByte);
  const size_t tag_position = out_.Position();
  if (!WriteTagged(Tag::kArray, static_cast<uint64_t>(length))) return false;
  return length == 0 || WriteElements(array, length, tag_position);
}

bool Encoder::WriteElements(v8::Local<v8::Array> array, uint32_t length, size_t tag_position) {
  Step step(this, PathNode::Kind::kIndex);
  SparseKeys sparse;
  uint32_t all_holes = 0;
  uint32_t holes = 0;
  uint32_t first = 0;
  if (!WriteNumbers(array, length, &first)) return false;
  for (uint32_t i = first; i < length; i++) {
    step.node.index = i;
    v8::Local<v8::Value> element;
    if (!array->Get(context_, i).ToLocal(&element)) return Threw();
    if (element->IsUndefined()) {
      bool there;
      if (!array->HasOwnProperty(context_, i).To(&there)) return Threw();
      if (!there) {
        if (++holes < kManyHoles && sparse.keys.IsEmpty()) continue;
        uint32_t next;
        if (!NextIndex(array, i + 1, length, &sparse, &next)) return false;
        holes += next - i - 1;
        i = next - 1;
        continue;
      }
    }
    if (holes != 0 && !WriteHoles(holes, tag_position)) return false;
    all_holes += holes;
    holes = 0;
    if (!Charge(cost::kSlot) || !WriteValue(element)) return false;
  }
  if (holes != 0 && !WriteHoles(holes, tag_position)) return false;
  all_holes += holes;
  return all_holes == 0 || Charge(cost::Holes(length, length - all_holes));
}

bool Encoder::WriteNumbers(v8::Local<v8::Array> array, uint32_t length, uint32_t* count) {
  if (depth_ >= max_depth_) return true;  // WriteValue will say so
  // An element with a getter may make the array longer.
  const auto take = [this, left = length](v8::Local<v8::Value> element) mutable {
    const bool is_int = element->IsInt32();
    if (left == 0 || !(is_int || element->IsNumber())) return false;
    if (!out_.ChargeReader(cost::kSlot + (is_int ? 0 : cost::kDouble)) || !out_.Reserve(1 + sizeof(double)))
      return false;
    if (is_int) {
      PutInt(element.As<v8::Int32>()->Value());
    } else {
      const double number = element.As<v8::Number>()->Value();
      out_.Put(Tag::kDouble);
      out_.PutRaw(&number, sizeof(number));
    }
    left--;
    return true;
  };
  return TakeElements(context_, array, take).To(count) || Threw();
}

bool Encoder::WriteHoles(uint32_t count, size_t tag_position) {
  if (count >= kManyHoles) {
    out_.Patch(tag_position, Tag::kSparseArray);
    return WriteTagged(Tag::kHoles, static_cast<uint64_t>(count));
  }
  if (!out_.Reserve(count)) return TooManyBytes(count);
  for (uint32_t i = 0; i < count; i++) out_.Put(Tag::kHole);
  return true;
}

bool Encoder::NextIndex(v8::Local<v8::Array> array, uint32_t from, uint32_t length, SparseKeys* sparse,
                        uint32_t* next) {
  // Asked for once: what a getter adds later may be left out.
  if (sparse->keys.IsEmpty() &&
      !array
           ->GetPropertyNames(context_, v8::KeyCollectionMode::kOwnOnly, v8::SKIP_SYMBOLS,
                              v8::IndexFilter::kIncludeIndices, v8::KeyConversionMode::kKeepNumbers)
           .ToLocal(&sparse->keys)) {
    return Threw();
  }
  const v8::Local<v8::Array> keys = sparse->keys;
  // Indices come first, in ascending order.
  uint32_t low = sparse->at;
  uint32_t high = keys->Length();
  *next = length;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    v8::Local<v8::Value> key;
    if (!keys->Get(context_, middle).ToLocal(&key)) return Threw();
    if (!key->IsUint32() || key.As<v8::Uint32>()->Value() >= length) {
      high = middle;
    } else if (key.As<v8::Uint32>()->Value() >= from) {
      high = middle;
      *next = key.As<v8::Uint32>()->Value();
    } else {
      low = middle + 1;
    }
  }
  sparse->at = low;
  return true;
}

bool Encoder::WriteMap(v8::Local<v8::Map> map) {
  if (!Charge(cost::Map(map->Size()))) return false;
  const v8::Local<v8::Array> entries = map->AsArray();
  const uint32_t length = entries->Length();
  if (!WriteTagged(Tag::kMap, static_cast<uint64_t>(length / 2))) return false;
  Step step(this, PathNode::Kind::kMapKey);
  for (uint32_t i = 0; i + 1 < length; i += 2) {
    v8::Local<v8::Value> key;
    v8::Local<v8::Value> value;
    if (!entries->Get(context_, i).ToLocal(&key) || !entries->Get(context_, i + 1).ToLocal(&value)) return Threw();
    step.node.index = i / 2;
    step.node.kind = PathNode::Kind::kMapKey;
    if (!WriteValue(key)) return false;
    step.node.kind = PathNode::Kind::kMapValue;
    step.node.key = key;
    if (!WriteValue(value)) return false;
  }
  return true;
}

bool Encoder::WriteSet(v8::Local<v8::Set> set) {
  if (!Charge(cost::Set(set->Size()))) return false;
  const v8::Local<v8::Array> members = set->AsArray();
  const uint32_t length = members->Length();
  if (!WriteTagged(Tag::kSet, static_cast<uint64_t>(length))) return false;
  Step step(this, PathNode::Kind::kSetMember);
  for (uint32_t i = 0; i < length; i++) {
    v8::Local<v8::Value> member;
    if (!members->Get(context_, i).ToLocal(&member)) return Threw();
    step.node.index = i;
    if (!WriteValue(member)) return false;
  }
  return true;
}

}  // namespace isolet::value
