#include "sim/streams/stream.hpp"

#include <utility>

#include "sim/json/json_out.hpp"

namespace portcullis::sim {

Stream::Stream(std::string name, const StreamTopic& topic, std::string symbol,
               std::uint64_t conflation_key)
    : name_{std::move(name)},
      wrapper_{R"({"stream":)" + JsonOut{}.text(name_).take() + R"(,"data":)"},
      topic_{topic},
      symbol_{std::move(symbol)},
      conflation_key_{conflation_key} {
}

void Stream::add(TextSink& sink, const StreamStyle& style) {
  of(style).push_back(&sink);
  ++listener_count_;
}

void Stream::remove(TextSink& sink, const StreamStyle& style) {
  listener_count_ -= std::erase(of(style), &sink);
}

}  // namespace portcullis::sim
