// Arrays. All elements are read before the array is made: how many there are decides whether it is dense or sparse, and
// it is charged for that first. A length by itself makes nothing.
#include "v8/strings.h"
#include "value/cost.h"
#include "value/decoder.h"
#include "value/intrinsics.h"

namespace isolet::value {

namespace {

// V8 ends the process for a dense array of twice as many.
constexpr uint32_t kMostElements = 1u << 26;

}  // namespace

bool Decoder::ReadArray(Tag tag, Value* value) {
  uint32_t length;
  if (!in_.Varint32(&length) || (tag == Tag::kArray && length > in_.Left())) return Malformed();
  if (!Charge(cost::kArray)) return false;
  const uint32_t number = Number();
  const size_t from = elements_.size();
  const size_t gaps_from = gaps_.size();
  for (uint32_t i = 0; i < length;) {
    uint32_t holes = 0;
    if (!ReadHoles(tag, length - i, &holes)) return false;
    if (holes != 0) {
      gaps_.push_back({elements_.size(), holes});
      i += holes;
      continue;
    }
    Value element;
    if (!Charge(cost::kSlot) || !ReadValue(&element)) return false;
    elements_.push_back(element);
    i++;
  }
  if (!MakeArray(number, length, from, gaps_from)) return false;
  *value = objects_[number];
  elements_.resize(from);
  gaps_.resize(gaps_from);
  return true;
}

// A run of holes, if one is next.
bool Decoder::ReadHoles(Tag tag, uint32_t left, uint32_t* holes) {
  while (*holes < left && in_.Left() != 0) {
    if (in_.Peek() == Tag::kHole) {
      in_.Skip();
      ++*holes;
    } else if (in_.Peek() == Tag::kHoles && tag == Tag::kSparseArray) {
      in_.Skip();
      uint32_t count;
      if (!in_.Varint32(&count) || count > left - *holes) return Malformed();
      *holes += count;
    } else {
      return true;
    }
  }
  return true;
}

bool Decoder::MakeArray(uint32_t number, uint32_t length, size_t from, size_t gaps_from) {
  const size_t present = elements_.size() - from;
  const bool sparse = cost::IsSparse(length, present);
  if (!Charge(cost::Holes(length, present))) return false;
  if (!sparse && length > kMostElements) return NoMemory();
  if (objects_[number].IsEmpty()) {
    if (present == length) {
      objects_[number] = v8::Array::New(isolate_, elements_.data() + from, length);
      return true;
    }
    objects_[number] = v8::Array::New(isolate_, sparse ? 0 : static_cast<int>(length));
  }
  const auto array = objects_[number].As<v8::Array>();
  if (sparse) {
    // An element so far away makes it a dictionary, and as long as it is to be.
    if (array->CreateDataProperty(context_, length - 1, v8::Undefined(isolate_)).IsNothing() ||
        array->Delete(context_, length - 1).IsNothing()) {
      return false;
    }
  } else if (array->Length() != length) {
    const auto size = v8::Integer::NewFromUnsigned(isolate_, length);
    if (array->Set(context_, Name(isolate_, "length"), size).IsNothing()) return false;
  }
  return FillArray(array, from, gaps_from);
}

bool Decoder::FillArray(v8::Local<v8::Array> array, size_t from, size_t gaps_from) {
  uint32_t index = 0;
  size_t gap = gaps_from;
  for (size_t i = from; i < elements_.size(); i++) {
    while (gap < gaps_.size() && gaps_[gap].before == i) index += gaps_[gap++].holes;
    if (array->CreateDataProperty(context_, index++, elements_[i]).IsNothing()) return false;
  }
  return true;
}

}  // namespace isolet::value
