// notebooks_export/notebook.h - a study as a Jupyter notebook (nbformat 4.5) that loads it, draws
// it, fits it again with statsmodels and checks that the figures agree with opline's.
//
// The cells are templates/study.py; docs/formats/notebook.md describes the result. It has no
// outputs: running it needs the study and Python packages, reading its text does not.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/json.h"
#include "src/evaluation/series.h"

namespace opline::notebooks_export {

/// A series, and what opline computed of it.
struct NotebookSeries {
  const evaluation::Series* series = nullptr;  ///< Of a study; outlives this.
  Json fit;  ///< docs/formats/fit.md, Fit, with `regression`; without a line its `why_no_fit`.
};

/// Where the notebook comes from.
struct NotebookSource {
  std::filesystem::path study;  ///< The file.
  std::filesystem::path out;    ///< The notebook, which opens the study by a path relative to its
                                ///< folder; "-" is one in the working directory.
  std::string exported;         ///< UTC.
  std::string command;          ///< The command line.
};

/// The notebook's text; the ids of its cells are those of the template. Names and paths are escaped
/// where they are text of a page. Throws Error{usage} where the study's path is not plain text, so
/// that no cell can name it.
[[nodiscard]] std::string notebook(const std::vector<NotebookSeries>& series,
                                   const NotebookSource& source);

/// `text`, one line of plain text, as code in Markdown: no character of it is markup, HTML or a
/// formula. Control and invisible characters are shown as by printable().
[[nodiscard]] std::string markdown_code(std::string_view text);

}  // namespace opline::notebooks_export
