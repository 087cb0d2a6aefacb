// What is never given to the URL parser, because it can't be interrupted. Any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace isolet {

// Bytes of UTF-8.
inline constexpr size_t kMaxUrl = 1024 * 1024;
// Percent-encoding makes up to three of one, and setters may add to what is there.
inline constexpr size_t kMaxHref = 4 * kMaxUrl;
// Bytes of a host that is not plain ASCII. DNS has no names of more than 255.
inline constexpr size_t kMaxUnicodeHost = 2048;

// Whether `input`, a URL or a relative reference, may have a host that is longer than that and internationalized.
bool HasCostlyHost(std::string_view input);
// Likewise what is to become the host of a URL.
bool IsCostlyHost(std::string_view host);

}  // namespace isolet
