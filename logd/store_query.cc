// SPDX-License-Identifier: MIT
#include "logd/store_query.h"

#include <fmt/format.h>

#include <variant>

#include "logd/store_schema.h"
#include "s390log/catalog.h"

namespace s390log {
namespace {

constexpr int kBusyMs = 2000;
using Value = std::variant<int64_t, std::string>;

// The conditions of a WHERE with the values of its parameters.
class Conditions {
 public:
  void Add(std::string_view condition, Value value) {
    sql_ += sql_.empty() ? "WHERE " : " AND ";
    sql_ += condition;
    values_.push_back(std::move(value));
  }

  const std::string& Sql() const { return sql_; }

  void Bind(SQLite::Statement& statement) const {
    int index = 1;
    for (const Value& value : values_) {
      std::visit([&](const auto& bound) { statement.bind(index, bound); }, value);
      ++index;
    }
  }

 private:
  std::string sql_;
  std::vector<Value> values_;
};

// For LIKE: what stands for anything stands for itself.
std::string Like(const std::string& text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

std::string MessageIdOf(const std::string& message) {
  for (const CatalogEntry& entry : CatalogTable())
    if (entry.name == message) return std::string(entry.message_id);
  return message;
}

Conditions ConditionsOf(const StoreFilter& filter) {
  const auto number = [](uint64_t value) { return static_cast<int64_t>(value); };
  Conditions conditions;
  if (filter.after) conditions.Add("entry.id > ?", number(*filter.after));
  if (filter.since_ns) conditions.Add("time_ns >= ?", number(*filter.since_ns));
  if (filter.until_ns) conditions.Add("time_ns < ?", number(*filter.until_ns));
  if (filter.device) conditions.Add("device = ?", int64_t{filter.device->Word()});
  if (filter.message) conditions.Add("message_id = ?", MessageIdOf(*filter.message));
  if (filter.volser) conditions.Add("volser = ?", *filter.volser);
  if (filter.severity) conditions.Add("severity <= ?", int64_t{*filter.severity});
  if (filter.text) conditions.Add("text LIKE ? ESCAPE '\\'", Like(*filter.text));
  return conditions;
}

std::string SqlOf(const StoreFilter& filter, const Conditions& conditions) {
  const std::string select = kSelectEntry + conditions.Sql();
  if (filter.limit == 0) return select + " ORDER BY entry.id";
  return fmt::format("SELECT * FROM ({} ORDER BY entry.id DESC LIMIT {}) ORDER BY 1", select,
                     filter.limit);
}

}  // namespace

StoreReader::StoreReader(const std::string& path) : path_(path) {
  try {
    database_.emplace(path, SQLite::OPEN_READONLY, kBusyMs);
    CheckStore(*database_);
  } catch (const SQLite::Exception& error) {
    throw Explain(path_, error);
  }
}

void StoreReader::Query(const StoreFilter& filter,
                        const std::function<bool(const StoredEvent&)>& take) {
  try {
    const Conditions conditions = ConditionsOf(filter);
    SQLite::Statement select(*database_, SqlOf(filter, conditions));
    conditions.Bind(select);
    while (select.executeStep())
      if (!take(LoadEntry(select))) return;
  } catch (const SQLite::Exception& error) {
    throw Explain(path_, error);
  }
}

uint64_t StoreReader::Newest() {
  try {
    SQLite::Statement newest(*database_, "SELECT ifnull(max(id), 0) FROM entry");
    newest.executeStep();
    return static_cast<uint64_t>(newest.getColumn(0).getInt64());
  } catch (const SQLite::Exception& error) {
    throw Explain(path_, error);
  }
}

}  // namespace s390log
