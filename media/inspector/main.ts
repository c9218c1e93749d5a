import './inspector.css';
import './analysis/tabs';
import './inspectorApp';
