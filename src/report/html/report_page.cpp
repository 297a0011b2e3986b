#include "src/report/html/report_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/version.h"
#include "src/report/html/comparison_section.h"
#include "src/report/html/markup.h"
#include "src/report/html/page_data.h"
#include "src/report/html/series_section.h"
#include "src/report/html/static_figures.h"

namespace opline::report::html {
namespace {

/// In the order in which the page runs them.
constexpr const char* kScripts[] = {"model.js", "scatter.js", "network.js",
                                    "table.js", "filters.js", "main.js"};

constexpr const char* kKeys =
    "Arrow left and right, Page Up, Page Down, Home and End move through the networks by op count; "
    "arrow up and down change the series; Enter opens the network's layers; Escape closes them; + "
    "and - zoom, 0 shows everything.";

std::string part(const char* name) {
  return read_file(resource(std::filesystem::path("data/report") / name));
}

/// `page` with every {{name}} replaced, in one pass: what is put in is never looked through.
std::string filled(const std::string& page, const std::map<std::string, std::string>& values) {
  std::string text;
  std::size_t start = 0;
  for (std::size_t at = page.find("{{"); at != std::string::npos; at = page.find("{{", start)) {
    const std::size_t end = page.find("}}", at);
    const std::string name = page.substr(at + 2, end - at - 2);
    const auto value = values.find(name);
    if (end == std::string::npos || value == values.end())
      throw Error(
          ErrorCode::input,
          "data/report/page.html: nothing is known to replace {{{{{}}}}}; install opline again",
          name);
    text.append(page, start, at - start).append(value->second);
    start = end + 2;
  }
  return text.append(page, start);
}

/// "kws on nucleo-f446re", with prior, seed and setup where these tell series apart.
std::string name_of_series(const evaluation::Series& series, const Results& results) {
  const auto differ = [&](auto member) {
    return std::any_of(results.fits.begin(), results.fits.end(),
                       [&](const auto& other) { return member(*other.series) != member(series); });
  };
  std::string name = series.marked_space() + " on " + series.marked_board();
  if (differ([](const auto& one) { return one.prior; })) name += ", " + series.prior;
  if (series.seed && differ([](const auto& one) { return one.seed; }))
    name += fmt::format(", seed {}", *series.seed);
  const auto same = [&](const auto& other) {
    return other.series->marked_board() == series.marked_board() &&
           other.series->setup_id != series.setup_id;
  };
  if (std::any_of(results.fits.begin(), results.fits.end(), same))
    name += ", setup " + series.setup_id.substr(0, 8);
  return name;
}

std::vector<JudgedSeries> judged_series(const Results& results) {
  OPLINE_ASSERT(results.fits.size() == results.judgements.size() &&
                    results.fits.size() == results.models.size(),
                "results of different series");
  std::vector<JudgedSeries> all;
  for (std::size_t i = 0; i < results.fits.size(); ++i) {
    JudgedSeries one{&results.fits[i], &results.judgements[i], &results.models[i], nullptr, {}};
    for (const store::CampaignRow& campaign : results.campaigns) {
      if (campaign.key == one.fit->series->campaign) one.campaign = &campaign;
    }
    one.name = name_of_series(*one.fit->series, results);
    all.push_back(one);
  }
  return all;
}

/// "kws, tiny on nucleo-f446re": the spaces and boards of the page.
std::string heading_of(const Results& results) {
  std::vector<std::string> spaces;
  std::vector<std::string> boards;
  const auto add = [](std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const evaluation::SeriesFit& fit : results.fits) {
    add(spaces, fit.series->space);
    add(boards, fit.series->marked_board());
  }
  return fmt::format("{} on {}", fmt::join(spaces, ", "), fmt::join(boards, ", "));
}

std::string links_of(const std::vector<JudgedSeries>& all, bool compared) {
  std::string text;
  if (compared) text += "<a href=\"#comparison\">Comparison</a>\n";
  for (std::size_t i = 0; i < all.size(); ++i)
    text += fmt::format("<a href=\"#series-{0}\" data-series=\"{0}\">{1}</a>\n", i,
                        html_text(all[i].name, 120));
  return text;
}

struct PlotText {
  const char* id;
  const char* title;
  const char* note;
  const char* kind;  ///< Class of .plot.
};
constexpr PlotText kPlots[] = {
    {"latency", "Latency against ops",
     "Points: measured networks. Line: latency = slope x ops + intercept. Band: 95 % prediction "
     "interval of one further network.",
     "plot"},
    {"residual", "Residuals against ops",
     "How much longer (+) or shorter (-) a network takes than its line predicts.", "plot low"}};

/// Which networks are shown of series with very many; empty where all are.
std::string shown_text(const Results& results) {
  const bool any = std::ranges::any_of(results.fits, [](const evaluation::SeriesFit& fit) {
    return fit.rows.y.size() > kMostNetworksShown;
  });
  return any ? fmt::format(
                   " Of a series with more than {0} networks the first {0} are shown; lines "
                   "and figures are of all.",
                   kMostNetworksShown)
             : "";
}

std::string interactive_figures(const Results& results) {
  std::string text = "<ul class=\"legend\" aria-label=\"Series in the figures\"></ul>\n";
  text +=
      "<p class=\"note hint\">Point at a network to name it, click it to see its layers, drag to "
      "zoom." +
      shown_text(results);
  text += fmt::format(
      "</p>\n<details class=\"note hint\"><summary>Keys</summary><p id=\"keys\">{}</p></details>\n",
      kKeys);
  for (const PlotText& plot : kPlots) {
    text += fmt::format(
        "<figure id=\"{0}-figure\" aria-labelledby=\"{0}-caption\"><figcaption "
        "id=\"{0}-caption\">{1} <span class=\"note\">{2}</span> <button type=\"button\" "
        "class=\"reset\" hidden>Show everything</button></figcaption>\n<div class=\"{3}\" "
        "tabindex=\"0\" role=\"application\" aria-roledescription=\"scatter plot\" "
        "aria-labelledby=\"{0}-caption\" aria-describedby=\"keys\"><canvas "
        "aria-hidden=\"true\"></canvas></div></figure>\n",
        plot.id, plot.title, plot.note, plot.kind);
  }
  return text;
}

/// Figures, and a notice where they are not interactive.
struct Figures {
  std::string html;
  std::string notice;
};

Figures figures_of(const Results& results, bool interactive, std::vector<std::string>& missing) {
  if (interactive) return {interactive_figures(results), ""};
  missing.push_back(
      fmt::format("no interactive figures: they need Chart.js ({})", kPlotLibraryInstall));
  Figures figures;
  try {
    figures.html = static_figures(results.fits, results.source.command);
  } catch (const Error& error) {
    missing.push_back(fmt::format("no static figures: {}", error.what()));
  }
  figures.notice = "<div class=\"notice\">" + sentences(missing) + "</div>\n";
  return figures;
}

std::string library_element(const std::optional<PlotLibrary>& library, const std::string& nonce) {
  return library ? fmt::format("<script nonce=\"{}\">\n{}\n</script>", nonce, library->script) : "";
}

std::string provenance_of(const Results& results, const std::optional<PlotLibrary>& library) {
  std::string text = "<dl>\n";
  const auto item = [&](const char* name, const std::string& value) {
    text += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, value);
  };
  const auto code = [](const std::string& command) {
    return "<code>" + html_text(command, 4000) + "</code>";
  };
  item("data", html_text(results.source.name, 1000));
  item("written", html_text(results.source.created) + " by opline " + html_text(version()));
  item("command", code(results.source.command));
  if (results.source.repeat != results.source.command)
    item("to write this page again", code(results.source.repeat));
  for (const store::CampaignRow& campaign : results.campaigns) {
    if (!campaign.campaign.command.empty()) item("measured by", code(campaign.campaign.command));
  }
  text += "</dl>\n";
  if (library)
    text +=
        "<details class=\"licence\"><summary>Licence of Chart.js, which draws the "
        "figures</summary>\n<pre>" +
        html_lines(library->licence) + "</pre></details>\n";
  return text;
}

constexpr const char* kQuestion =
    "May a neural-network search count ops instead of measuring latency on this board, and with "
    "which coefficients?";

std::string scripts() {
  std::string text;
  for (const char* name : kScripts) text += part(name) + "\n";
  return text;
}

}  // namespace

Page report_page(const Results& results, const std::optional<PlotLibrary>& library) {
  Page page;
  const std::vector<JudgedSeries> all = judged_series(results);
  std::string verdicts;
  std::string sections;
  for (std::size_t i = 0; i < all.size(); ++i) {
    verdicts += verdict_card(all[i], i, all.size() == 1);
    sections += series_section(all[i], i);
  }
  const std::string data = script_json(page_data(results.fits));
  // Known to nobody who could have put a script into a name: it depends on all of the data.
  const std::string nonce = digest(data + results.source.created);
  const Figures figures = figures_of(results, library.has_value(), page.missing);
  const std::string heading = html_text(heading_of(results), 200);
  page.html = filled(part("page.html"), {{"nonce", nonce},
                                         {"generator", "opline " + html_text(version())},
                                         {"title", heading + ": opline report"},
                                         {"heading", heading},
                                         {"question", kQuestion},
                                         {"links", links_of(all, !results.comparison.empty())},
                                         {"style", part("style.css")},
                                         {"verdicts", verdicts},
                                         {"notice", figures.notice},
                                         {"figures", figures.html},
                                         {"comparison", comparison_section(results.comparison)},
                                         {"series", sections},
                                         {"provenance", provenance_of(results, library)},
                                         {"data", data},
                                         {"library", library_element(library, nonce)},
                                         {"script", scripts()}});
  return page;
}

}  // namespace opline::report::html
