// What readers see, of all figures in one process: loading Vega takes longer than drawing.
import "./drawings/comparison-drawing.js";
import "./drawings/crowded-labels.js";
import "./drawings/fitted-drawings.js";
import "./drawings/measured-drawings.js";
import "./drawings/plan-drawings.js";
import "./drawings/ranking-drawings.js";
import "./drawings/theme-drawings.js";
