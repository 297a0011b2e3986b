#include "src/report/profile/callgrind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "src/base/printable.h"
#include "src/base/version.h"

namespace opline::report {
namespace {

using simulator::Cost;
using simulator::FunctionIndex;
using simulator::Profile;
using simulator::ProfiledCall;
using simulator::ProfiledInstruction;

struct Event {
  const char* name;
  const char* title;
};
/// In the order of CycleCause.
constexpr std::array<Event, simulator::kCycleCauses> kEvents = {{
    {"Issue", "Issue"},
    {"Dependency", "Stall: result of an instruction"},
    {"LoadUse", "Stall: loaded value"},
    {"Branch", "Stall: branch"},
    {"Fetch", "Stall: instruction fetch"},
    {"FlashData", "Stall: data in flash"},
    {"DataCache", "Stall: data cache"},
    {"Unaligned", "Stall: unaligned access"},
    {"StoreBuffer", "Stall: store buffer"},
    {"MultiCycle", "Further cycles of one instruction"},
    {"Exception", "Exceptions and sleep"},
}};

std::string costs(const Cost& cost) {
  std::string text = fmt::format("{} {}", cost.cycles(), cost.instructions);
  for (const std::uint64_t cycles : cost.by_cause) text += fmt::format(" {}", cycles);
  return text;
}

class Writer {
 public:
  explicit Writer(const ProfileView& view) : view_(view), profile_(view.profile) {}

  std::string text() {
    add_header();
    std::vector<std::vector<const ProfiledInstruction*>> code(profile_.functions.size());
    for (const ProfiledInstruction& one : profile_.instructions) {
      code[one.function].push_back(&one);
      source_of_.emplace(one.address, one.source);
    }
    std::multimap<FunctionIndex, const ProfiledCall*> calls;
    for (const ProfiledCall& call : profile_.calls) calls.emplace(call.caller, &call);
    for (FunctionIndex i = 0; i < code.size(); ++i) {
      add_function(i, code[i]);
      const auto [first, last] = calls.equal_range(i);
      for (auto at = first; at != last; ++at) add_call(*at->second);
    }
    text_ += fmt::format("\ntotals: {}\n", costs(profile_.total));
    return std::move(text_);
  }

 private:
  void add_header() {
    text_ = fmt::format(
        "# callgrind format\nversion: 1\ncreator: opline {}\ncmd: {}\n"
        "desc: {} on {} (simulated, {}): {}\npositions: instr line\n"
        "event: Cycles : Cycles\nevent: Instructions : Instructions\n",
        version(), printable(view_.command, std::string::npos), printable(view_.subject),
        view_.board, view_.timing_model, printable(view_.window));
    std::string names = "Cycles Instructions";
    for (const Event& event : kEvents) {
      text_ += fmt::format("event: {} : {}\n", event.name, event.title);
      names += fmt::format(" {}", event.name);
    }
    text_ += fmt::format("events: {}\nsummary: {}\n\nob={}\n", names, costs(profile_.total),
                         printable(view_.image));
  }

  /// "(3) name" where it is named first, then "(3)".
  static std::string compressed(std::map<std::string, std::size_t>& known,
                                const std::string& name) {
    const auto [at, added] = known.try_emplace(name, known.size() + 1);
    return added ? fmt::format("({}) {}", at->second, printable(name, std::string::npos))
                 : fmt::format("({})", at->second);
  }
  std::string file(const std::optional<simulator::SourcePosition>& source) {
    return compressed(files_, source ? profile_.files.at(source->file) : "???");
  }
  /// Functions are told apart by address, too: two static ones may have one name.
  std::string function(FunctionIndex index) {
    const simulator::ProfiledFunction& one = profile_.functions[index];
    const auto same = std::count_if(profile_.functions.begin(), profile_.functions.end(),
                                    [&](const auto& other) { return other.name == one.name; });
    return compressed(functions_,
                      same > 1 ? fmt::format("{}@{:#x}", one.name, one.address) : one.name);
  }
  [[nodiscard]] std::optional<simulator::SourcePosition> source_of(std::uint32_t address) const {
    const auto found = source_of_.find(address);
    return found == source_of_.end() ? std::nullopt : found->second;
  }
  static std::uint32_t line(const std::optional<simulator::SourcePosition>& source) {
    return source ? source->line : 0;
  }

  void add_function(FunctionIndex index, const std::vector<const ProfiledInstruction*>& code) {
    const auto own = source_of(profile_.functions[index].address);
    current_file_ = own ? own->file : kNoFile;
    text_ += fmt::format("\nfl={}\nfn={}\n", file(own), function(index));
    for (const ProfiledInstruction* one : code) {
      go_to_file_of(one->source);
      text_ += fmt::format("{:#x} {} {}\n", one->address, line(one->source), costs(one->self));
    }
  }

  /// Code that was inlined from another file.
  void go_to_file_of(const std::optional<simulator::SourcePosition>& source) {
    const simulator::FileIndex here = source ? source->file : kNoFile;
    if (here == current_file_) return;
    current_file_ = here;
    text_ += fmt::format("fi={}\n", file(source));
  }

  void add_call(const ProfiledCall& call) {
    const auto source = source_of(call.site);
    go_to_file_of(source);
    const std::uint32_t target = profile_.functions[call.callee].address;
    const auto target_source = source_of(target);
    text_ += fmt::format("cfi={}\ncfn={}\ncalls={} {:#x} {}\n{:#x} {} {}\n", file(target_source),
                         function(call.callee), call.calls, target, line(target_source), call.site,
                         line(source), costs(call.inclusive));
  }

  static constexpr simulator::FileIndex kNoFile = UINT32_MAX;

  const ProfileView& view_;
  const Profile& profile_;
  std::string text_;
  std::map<std::string, std::size_t> files_, functions_;
  std::map<std::uint32_t, std::optional<simulator::SourcePosition>> source_of_;
  simulator::FileIndex current_file_ = kNoFile;
};

}  // namespace

std::string callgrind_text(const ProfileView& view) { return Writer(view).text(); }

}  // namespace opline::report
