// `ops.base64`: atob and btoa, by the forgiving-base64 of the Infra Standard.
//   decode(string): string | undefined        a character per byte; undefined: that is no base64
//   encode(string): string | undefined        undefined: a character is above U+00FF
#pragma once

#include "web/ops.h"

namespace isolet {

std::span<const WebOp> Base64Ops();

}  // namespace isolet
