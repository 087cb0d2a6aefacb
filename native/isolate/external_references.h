// The addresses of every native function that a guest's heap may refer to, in one fixed order. A startup snapshot
// refers to them by position, so the list at restore must equal the list at creation; its hash is part of the
// snapshot's header. Immutable; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace isolet {

// Zero-terminated.
const intptr_t* ExternalReferences();
size_t ExternalReferenceCount();

}  // namespace isolet
