#include "sim/net/http_writer.hpp"

#include <algorithm>

namespace portcullis::sim {

namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 418: return "I'm a teapot";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 451: return "Unavailable For Legal Reasons";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Unknown";
  }
}

bool is_named(const std::vector<std::pair<std::string, std::string>>& headers,
              std::string_view name) {
  return std::ranges::any_of(headers, [name](const auto& header) { return header.first == name; });
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

}  // namespace

std::string http_reply_text(const HttpReply& reply, const HttpReplyFrame& frame,
                            const std::vector<std::pair<std::string, std::string>>& standing) {
  std::string out;
  out.reserve(512 + reply.body.size());
  out += "HTTP/1.1 ";
  out += std::to_string(reply.status);
  out += ' ';
  out += reason_of(reply.status);
  out += "\r\n";
  constexpr int kNoContent = 204;
  if (reply.status != kNoContent) {
    if (!is_named(reply.headers, "content-type")) {
      append_header(out, "content-type", "application/json;charset=UTF-8");
    }
    append_header(out, "content-length", std::to_string(reply.body.size()));
  }
  append_header(out, "connection", frame.keeps_alive ? "keep-alive" : "close");
  for (const auto& [name, value] : standing) {
    if (!is_named(reply.headers, name)) append_header(out, name, value);
  }
  for (const auto& [name, value] : reply.headers) append_header(out, name, value);
  out += "\r\n";
  if (frame.has_body && reply.status != kNoContent) out += reply.body;
  return out;
}

}  // namespace portcullis::sim
