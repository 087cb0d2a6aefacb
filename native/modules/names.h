// The rules by which a specifier names a module when no resolver says otherwise. Text only; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace isolet {

// Whether it is an absolute URL: starts with `scheme:`.
bool HasScheme(std::string_view text);
// Starts with `./`, `../` or `/`.
bool IsRelative(std::string_view specifier);
// The URL of a registered module: `isolet:/<name>`, or the name itself if that is an absolute URL.
std::string ModuleUrl(std::string_view name);
// A relative specifier seen from `referrer`, which is a module of `isolet:` or a script (then from `isolet:/`). None if
// the referrer is another kind of URL.
std::optional<std::string> JoinModuleUrl(std::string_view referrer, std::string_view specifier);

}  // namespace isolet
