#include "sim/json/json_out.hpp"

#include <algorithm>

namespace portcullis::sim {

namespace {

bool is_plain(char c) {
  return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20;
}

void append_escaped(std::string& out, std::string_view value) {
  constexpr char kHex[] = "0123456789abcdef";
  if (std::ranges::all_of(value, is_plain)) {
    out += value;
    return;
  }
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xFU];
    } else {
      out += c;
    }
  }
}

}  // namespace

void JsonOut::comma() {
  if (needs_comma_) text_ += ',';
  needs_comma_ = true;
}

JsonOut& JsonOut::open(char bracket) {
  comma();
  text_ += bracket;
  needs_comma_ = false;
  return *this;
}

JsonOut& JsonOut::close(char bracket) {
  text_ += bracket;
  needs_comma_ = true;
  return *this;
}

JsonOut& JsonOut::key(std::string_view name) {
  text(name);
  text_ += ':';
  needs_comma_ = false;
  return *this;
}

JsonOut& JsonOut::text(std::string_view value) {
  comma();
  text_ += '"';
  append_escaped(text_, value);
  text_ += '"';
  return *this;
}

JsonOut& JsonOut::raw(std::string_view json) {
  comma();
  text_ += json;
  return *this;
}

std::string error_json(int code, std::string_view message, std::string_view data_json) {
  JsonOut out;
  out.open_object().field("code", code).field("msg", message);
  if (!data_json.empty()) out.key("data").raw(data_json);
  return out.close_object().take();
}

}  // namespace portcullis::sim
