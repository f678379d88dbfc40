// Registers the TypeScript kernel in the project's folder, for a Jupyter that is started by something else.
import { jupyterEnvironment } from "./jupyter.js";

jupyterEnvironment();
