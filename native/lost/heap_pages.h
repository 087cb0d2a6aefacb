// Gives the memory of a lost guest's large objects back to the system: nobody will run that guest again, but its
// isolate can't be disposed, because a thread is still inside.
//
// V8 says nowhere which pages are an isolate's, so how a page names its heap is learned from isolates that live: every
// page of V8 starts at a multiple of its size with a header from which the isolate can be reached. What pages and
// isolates do not agree on is not believed; where nothing is left, nothing is given back.
//
// Only pages of a single large object (a text, the elements of an array) are emptied, and their first part stays: what
// V8's other threads may still read there is then zeros, which are small integers to them and lead nowhere.
//
// Linux; nothing anywhere else. Any thread; Learn needs the isolate's lock.
#pragma once

#include <cstddef>

#include "v8/v8.h"

namespace isolet {

class HeapPages {
 public:
  // Looks at the pages of an old and a young object of this isolate; costs nothing once enough isolates were seen.
  static void Learn(v8::Isolate* isolate, v8::Local<v8::Data> old_object, v8::Local<v8::Data> young_object);
  // Empties the large pages of an isolate that no thread will ever run again. Bytes of address space given back.
  static size_t GiveBack(v8::Isolate* isolate);
};

}  // namespace isolet
