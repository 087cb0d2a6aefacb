// Names that Node's own executable may or may not export, beside those its headers promise: looked up at run time, so
// that a Node without one loads the addon all the same. Whoever uses one proves first that it does what it should.
//
// Any thread.
#pragma once

namespace isolet {

// Null: there is no such name.
void* FindNodeSymbol(const char* name);

// False: there is no such name, and `*function` is null.
template <typename Function>
bool ResolveNodeSymbol(const char* name, Function** function) {
  *function = reinterpret_cast<Function*>(FindNodeSymbol(name));
  return *function != nullptr;
}

}  // namespace isolet
