import './inspector.css';
import './inspectorApp';
