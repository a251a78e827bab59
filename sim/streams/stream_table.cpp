#include "sim/streams/stream_table.hpp"

#include <utility>

#include "sim/lower_case.hpp"

namespace portcullis::sim {

StreamTable::StreamTable(const std::vector<SymbolSpec>& symbols) : specs_{symbols} {
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    symbols_.emplace(lower_case(symbols[i].symbol), i);
  }
}

void StreamTable::add(TextSink& sink, const StreamStyle& style) {
  clients_[&sink].style = style;
}

void StreamTable::remove(TextSink& sink) {
  const auto client = clients_.find(&sink);
  if (client == clients_.end()) return;
  for (const std::string& name : client->second.names) {
    const auto stream = streams_.find(name);
    if (stream != streams_.end()) stream->second->remove(sink, client->second.style);
  }
  clients_.erase(client);
}

void StreamTable::set_combined(TextSink& sink, bool is_combined) {
  Client& client = clients_[&sink];
  if (client.style.is_combined == is_combined) return;
  StreamStyle style = client.style;
  style.is_combined = is_combined;
  for (const std::string& name : client.names) {
    const auto stream = streams_.find(name);
    if (stream == streams_.end()) continue;
    stream->second->remove(sink, client.style);
    stream->second->add(sink, style);
  }
  client.style = style;
}

StreamStyle StreamTable::style_of(TextSink& sink) const {
  const auto client = clients_.find(&sink);
  return client == clients_.end() ? StreamStyle{} : client->second.style;
}

StreamTable::Subscribed StreamTable::subscribe(TextSink& sink, std::string_view name) {
  if (!is_stream_syntax(name)) return {.outcome = Outcome::kInvalidName};
  Client& client = clients_[&sink];
  if (client.names.contains(name)) return {};
  if (client.names.size() >= kStreamsPerConnectionMax) return {.outcome = Outcome::kTooMany};
  client.names.emplace(name);
  Stream* stream = find_or_make(name);
  if (stream == nullptr) return {};
  const bool is_first = !stream->has_listener();
  stream->add(sink, client.style);
  return {.stream = is_first ? stream : nullptr};
}

bool StreamTable::has_room_for(TextSink& sink, std::span<const std::string_view> names) const {
  std::set<std::string_view> all{names.begin(), names.end()};
  if (const auto client = clients_.find(&sink); client != clients_.end()) {
    all.insert(client->second.names.begin(), client->second.names.end());
  }
  return all.size() <= kStreamsPerConnectionMax;
}

void StreamTable::unsubscribe(TextSink& sink, std::string_view name) {
  const auto client = clients_.find(&sink);
  if (client == clients_.end()) return;
  const auto subscribed = client->second.names.find(name);
  if (subscribed == client->second.names.end()) return;
  client->second.names.erase(subscribed);
  const auto stream = streams_.find(name);
  if (stream != streams_.end()) stream->second->remove(sink, client->second.style);
}

std::vector<std::string> StreamTable::subscriptions(TextSink& sink) const {
  const auto client = clients_.find(&sink);
  if (client == clients_.end()) return {};
  return {client->second.names.begin(), client->second.names.end()};
}

Stream* StreamTable::find_or_make(std::string_view name) {
  const auto known = streams_.find(name);
  if (known != streams_.end()) return known->second.get();
  const auto topic = parse_stream_name(name, symbols_);
  if (!topic) return nullptr;
  const std::uint64_t key = topic->kind == StreamKind::kBookTicker ? topic->symbol + 1 : 0;
  const std::string symbol = name.starts_with('!') ? std::string{} : specs_[topic->symbol].symbol;
  auto made = std::make_unique<Stream>(std::string{name}, *topic, symbol, key);
  return streams_.emplace(std::string{name}, std::move(made)).first->second.get();
}

std::vector<TextSink*> StreamTable::connections() const {
  std::vector<TextSink*> sinks;
  sinks.reserve(clients_.size());
  for (const auto& [sink, client] : clients_) sinks.push_back(sink);
  return sinks;
}

}  // namespace portcullis::sim
